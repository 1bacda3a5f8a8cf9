import { errorsPage } from './errors-page';
import type { GeneratedFile } from './generated-file';
import { describedServices, describeService } from './service-description';
import { serviceFiles } from './service-files';

/** Every generated file of the repository. Creates each service once, which takes some seconds. */
export async function allGenerated(root: string): Promise<GeneratedFile[]> {
  const files = [errorsPage];
  for (const service of describedServices) files.push(...serviceFiles(service.name, await describeService(root, service)));
  return files;
}
