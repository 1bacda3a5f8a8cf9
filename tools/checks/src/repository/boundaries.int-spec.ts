import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { nx, nxEnvironment } from './nx';
import { repositoryRoot } from './repository-root';

const importing = (module: string, name: string) => `import { ${name} } from '${module}';\nexport const planted = ${name};\n`;

/** File, what it imports, and the tag whose row forbids that; no tag: allowed. */
const planted: { path: string; module: string; name: string; tag?: string }[] = [
  { path: 'libs/agent/client/src/planted.ts', module: '@faas/database', name: 'Database', tag: 'type:client' },
  { path: 'libs/shared/cache/src/planted.ts', module: '@faas/bootstrap', name: 'createApp', tag: 'type:platform' },
  { path: 'libs/shared/http-client/src/planted.ts', module: '@faas/rag-contract', name: 'passage', tag: 'scope:shared' },
  { path: 'apps/gateway/src/planted.ts', module: '@faas/rag-contract', name: 'passage', tag: 'scope:gateway' },
  { path: 'apps/rag/src/planted.ts', module: '@faas/embedded-postgres', name: 'openEmbeddedPostgres', tag: 'type:app' },
  { path: 'apps/rag/src/planted.ts', module: '@faas/testing', name: 'describeOnServer', tag: 'type:app' },
  { path: 'apps/rag/src/main.http.ts', module: '@faas/embedded-postgres', name: 'openEmbeddedPostgres' },
  { path: 'apps/rag/src/planted.int-spec.ts', module: '@faas/testing', name: 'describeOnServer' },
  { path: 'apps/agent/src/planted.ts', module: '@faas/rag-contract', name: 'passage' },
];
const environmentReader = { path: 'apps/rag/src/planted.ts', source: 'export const home = process.env.HOME;\n' };

describe('import boundaries', () => {
  let findings: string[];

  beforeAll(async () => {
    // The rule reads the project graph that Nx keeps; without one it would let everything pass.
    await nx(repositoryRoot, 'show', 'projects');
    const child = spawn(process.execPath, [join(repositoryRoot, 'tools/checks/lint-texts.mjs')], { cwd: repositoryRoot, env: nxEnvironment() });
    child.stdin.end(JSON.stringify([...planted.map(({ path, module, name }) => ({ path, source: importing(module, name) })), environmentReader]));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (output === '') throw new Error(errors);
    findings = JSON.parse(output) as string[];
  }, 120_000);

  it.each(planted)('$path importing $module: $tag', ({ path, module, tag }) => {
    const found = findings[planted.findIndex((each) => each.path === path && each.module === module)];
    if (tag === undefined) expect(found).not.toContain('@nx/enforce-module-boundaries');
    else expect(found).toMatch(new RegExp(`@nx/enforce-module-boundaries: .*"${tag}"`));
  });

  it('refuse the environment outside of config', () => {
    expect(findings.at(-1)).toContain('no-restricted-properties');
  });
});
