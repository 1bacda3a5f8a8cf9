import { repositoryRoot } from '../repository/repository-root';
import { errorsPage } from './errors-page';
import { staleFiles } from './generated-file';
import { describedServices, describeService } from './service-description';
import { serviceFiles } from './service-files';

const howTo = 'Run "npx nx run checks:write" and commit what it changes.';

describe('generated files', () => {
  it('docs/errors.md is up to date', async () => {
    const stale = await staleFiles(repositoryRoot, [errorsPage]);
    expect({ stale: stale.map(({ path }) => path), howTo }).toEqual({ stale: [], howTo });
  });

  it.each(describedServices)('OpenAPI, config schema and variable table of the $name service are up to date', async (service) => {
    const stale = await staleFiles(repositoryRoot, serviceFiles(service.name, await describeService(repositoryRoot, service)));
    expect({ stale: stale.map(({ path }) => path), howTo }).toEqual({ stale: [], howTo });
  }, 120_000);
});
