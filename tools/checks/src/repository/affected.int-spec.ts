import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nx } from './nx';
import { repositoryRoot } from './repository-root';

describe('affected projects', () => {
  const clone = mkdtempSync(join(tmpdir(), 'faas-affected-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', clone, '-c', 'user.name=checks', '-c', 'user.email=checks@localhost', '-c', 'commit.gpgsign=false', ...args], { stdio: 'pipe' });
  const affected = async () => (await nx(clone, 'show', 'projects', '--affected', '--base=HEAD~1')).split('\n').filter((line) => line !== '').sort();

  beforeAll(() => {
    execFileSync('git', ['clone', '-q', '--shared', repositoryRoot, clone], { stdio: 'pipe' });
    symlinkSync(join(repositoryRoot, 'node_modules'), join(clone, 'node_modules'));
  });

  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  function commit(path: string, change: (text: string) => string): void {
    const file = join(clone, path);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    git('commit', '-q', '-a', '-m', 'test: a change');
  }

  it('are one for a change in tools/bench', async () => {
    commit('tools/bench/project.json', (text) => `${text}\n`);
    expect(await affected()).toEqual(['bench']);
  }, 60_000);

  it('are those that use a package for a change of its lockfile entry', async () => {
    commit('package-lock.json', (text) => {
      const lock = JSON.parse(text) as { packages: Record<string, { version: string }> };
      lock.packages['node_modules/cli-progress']!.version = '3.11.9';
      return JSON.stringify(lock, undefined, 2);
    });
    expect(await affected()).toEqual(['cli']);
  }, 60_000);

  it('are all that import a library for a change in it', async () => {
    commit('libs/rag/contract/src/index.ts', (text) => `${text}\n`);
    const found = await affected();
    expect(found).toEqual(expect.arrayContaining(['rag-contract', 'rag-service', 'agent-service']));
    expect(found).not.toContain('gateway-service');
  }, 60_000);
});
