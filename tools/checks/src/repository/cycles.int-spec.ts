import { parseCircular, parseDependencyTree, type DependencyTree } from 'dpdm';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root';

describe('imports', () => {
  it('have no cycles', async () => {
    const tree: DependencyTree = await parseDependencyTree(['apps/*/src/**/*.ts', 'libs/*/*/src/**/*.ts', 'tools/*/src/**/*.ts'], {
      cwd: repositoryRoot,
      tsconfig: join(repositoryRoot, 'tsconfig.base.json'),
      extensions: ['.ts'],
      exclude: /node_modules/,
      // Types vanish before anything runs.
      transform: true,
      skipDynamicImports: true,
    });
    expect(Object.keys(tree).length).toBeGreaterThan(100);
    expect(parseCircular(tree).map((cycle) => cycle.join(' -> '))).toEqual([]);
  }, 120_000);
});
