import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConfigVariable } from '@faas/config';
import { build, type Plugin } from 'esbuild';

export interface DescribedService {
  readonly name: 'gateway' | 'rag' | 'agent';
  /** Name of the exported ServiceDefinition. */
  readonly definition: string;
}

export const describedServices: readonly DescribedService[] = [
  { name: 'gateway', definition: 'gatewayService' },
  { name: 'rag', definition: 'ragService' },
  { name: 'agent', definition: 'agentService' },
];

export interface ServiceDescription {
  readonly openapi: Record<string, unknown>;
  readonly config: readonly ConfigVariable[];
}

/**
 * Builds a program that creates the service as it is, on an empty embedded database, and prints its OpenAPI document and
 * its variables: tools may not import apps, and decorators need the metadata that only the bundle has.
 *
 * @throws the build's or the program's own failure.
 */
export async function describeService(root: string, { name, definition }: DescribedService): Promise<ServiceDescription> {
  const { decoratorMetadata } = createRequire(join(root, 'package.json'))('./tools/esbuild/decorator-metadata.plugin.cjs') as { decoratorMetadata: Plugin };
  const outfile = join(root, 'dist/checks', `${name}.describe.cjs`);
  await build({
    stdin: { contents: programFor(name, definition), resolveDir: root, sourcefile: `describe-${name}.ts`, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    packages: 'external',
    keepNames: true,
    tsconfig: join(root, 'tsconfig.base.json'),
    alias: {},
    plugins: [decoratorMetadata],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'silent',
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'faas-describe-'));
  try {
    // Nothing of this machine may show in the result.
    const environment = { PATH: process.env.PATH, DATA_DIR: dataDir, AUTH_MODE: 'none', LOG_LEVEL: 'error' };
    const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', outfile], { cwd: root, env: environment, timeout: 90_000, maxBuffer: 32 * 1024 * 1024 });
    return JSON.parse(stdout.slice(stdout.lastIndexOf(marker) + marker.length)) as ServiceDescription;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Before the result: the service may log. */
const marker = '\n--description--\n';

function programFor(name: string, definition: string): string {
  return `
    import 'reflect-metadata';
    import { createApp, createOpenApiDocument } from '@faas/bootstrap';
    import { describeConfig } from '@faas/config';
    import { openEmbeddedPostgres } from '@faas/embedded-postgres';
    import { ${definition} as definition } from './apps/${name}/src/${name}.service-definition';

    createApp(definition, { openEmbedded: openEmbeddedPostgres }).then(async ({ app, close }) => {
      const description = { openapi: createOpenApiDocument(app, definition), config: describeConfig(definition.config) };
      await close();
      process.stdout.write(${JSON.stringify(marker)} + JSON.stringify(description), () => process.exit(0));
    }, (error) => { console.error(error); process.exit(1); });
  `;
}
