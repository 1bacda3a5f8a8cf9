import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const launcher = join(__dirname, '../../launch.mjs');

describe('launcher', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'faas-launch-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(path: string, content: unknown): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }

  const missing = () =>
    JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', `import { missingPackages } from ${JSON.stringify(launcher)}; console.log(JSON.stringify(missingPackages(${JSON.stringify(folder)})));`]).toString()) as string[];

  it('finds what the lockfile asks for and is not installed', () => {
    put('package-lock.json', { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/@x/b': { version: '2.0.0' }, 'node_modules/c': { version: '3.0.0', optional: true } } });
    expect(missing()).toEqual(['a@1.0.0', '@x/b@2.0.0']);
  });

  it('finds another version, and a folder that was deleted', () => {
    const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' }, 'node_modules/c': { version: '3.0.0' } };
    put('package-lock.json', { packages });
    put('node_modules/.package-lock.json', { packages: { ...packages, 'node_modules/a': { version: '0.9.0' } } });
    for (const name of ['a', 'c']) put(`node_modules/${name}/package.json`, {});
    expect(missing()).toEqual(['a@1.0.0', 'b@2.0.0']);
  });

  it('is content with what is installed', () => {
    const packages = { 'node_modules/a': { version: '1.0.0' } };
    put('package-lock.json', { packages: { '': {}, ...packages } });
    put('node_modules/.package-lock.json', { packages });
    put('node_modules/a/package.json', {});
    expect(missing()).toEqual([]);
  });

  it('names the commands when it does not know one, and exits with 1', () => {
    const { status, stderr } = spawnSync(process.execPath, [launcher, 'nonsense'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/Unknown command 'nonsense'. Known: .*ask/);
  });

  it('hands on arguments and the exit code', () => {
    const environment = { ...process.env, NODE_OPTIONS: '' };
    expect(spawnSync(process.execPath, [launcher, 'ask', '--help'], { encoding: 'utf8', env: environment })).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run ask') });
    expect(spawnSync(process.execPath, [launcher, 'ask'], { encoding: 'utf8', env: environment })).toMatchObject({ status: 2, stderr: expect.stringContaining('question') });
  }, 30_000);

  it.each([['dev', 'Usage: npm start\n'], ['reset', 'Usage: npm run reset -- [options]\n']])('explains %s by the name that people type', (command, usage) => {
    const { stdout } = spawnSync(process.execPath, [launcher, command, '--help'], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
    expect(stdout).toContain(usage);
  }, 30_000);
});
