import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { loadServiceSecret, loadSigningSecret } from './local-secrets';
import { loadOrCreateSecretFile } from './secret-file';

describe('a secret file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faas-secret-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made once, for its owner only, and then stays', async () => {
    const path = join(folder, 'gateway', 'signing-secret');
    const secret = await loadOrCreateSecretFile(path);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await loadOrCreateSecretFile(path)).toBe(secret);
    expect(await readdir(join(folder, 'gateway'))).toEqual(['signing-secret']);
  });

  it('is the same for all who race for it in one process', async () => {
    const path = join(folder, 'service-secret');
    const secrets = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateSecretFile(path)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(folder)).toEqual(['service-secret']);
  });

  it('is the same for processes that race for it', async () => {
    const script = join(folder, 'race.cjs');
    const contents = `
      import { loadOrCreateSecretFile } from './secret-file';
      process.stdin.once('data', (path) => loadOrCreateSecretFile(String(path)).then((secret) => { process.stdout.write(secret); process.stdin.destroy(); }));
      process.stdout.write('ready ');`;
    await build({ stdin: { contents, resolveDir: __dirname, loader: 'ts' }, bundle: true, platform: 'node', format: 'cjs', outfile: script, logLevel: 'error' });
    const racers = Array.from({ length: 4 }, () => spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const outputs = racers.map(() => '');
    try {
      const ready = racers.map((racer) => once(racer.stdout, 'data'));
      const ended = racers.map((racer) => once(racer, 'close'));
      racers.forEach((racer, index) => racer.stdout.on('data', (chunk) => (outputs[index] += String(chunk))));
      await Promise.all(ready);
      racers.forEach((racer) => racer.stdin.write(join(folder, 'raced', 'service-secret')));
      expect(await Promise.all(ended)).toEqual(racers.map(() => [0, null]));
    } finally {
      racers.forEach((racer) => racer.kill('SIGKILL'));
    }
    const secret = (await readFile(join(folder, 'raced', 'service-secret'), 'utf8')).trim();
    expect(outputs).toEqual(racers.map(() => `ready ${secret}`));
    expect(await readdir(join(folder, 'raced'))).toEqual(['service-secret']);
  });

  it('that cannot be used is named, with the variable that moves it', async () => {
    await writeFile(join(folder, 'file'), 'x');
    await mkdir(join(folder, 'directory'));
    await writeFile(join(folder, 'short'), 'hush\n');
    await writeFile(join(folder, 'empty'), '');
    for (const name of ['file/below', 'directory', 'short', 'empty']) {
      const failure = await loadOrCreateSecretFile(join(folder, name)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(join(folder, name)) });
      expect(failure).toMatchObject({ message: expect.stringMatching(/^(?!.*hush).*DATA_DIR/) });
    }
  });

  it('is needed only where no variable gives the secret', async () => {
    expect(await loadSigningSecret({ AUTH_SIGNING_SECRET: 'given', DATA_DIR: folder })).toBe('given');
    expect(await loadServiceSecret({ SERVICE_SECRET: 'given', DATA_DIR: folder })).toBe('given');
    expect(await readdir(folder)).toEqual([]);
    const [signing, service] = [await loadSigningSecret({ DATA_DIR: folder }), await loadServiceSecret({ DATA_DIR: folder })];
    expect((await readFile(join(folder, 'gateway', 'signing-secret'), 'utf8')).trim()).toBe(signing);
    expect((await readFile(join(folder, 'service-secret'), 'utf8')).trim()).toBe(service);
    expect(signing).not.toBe(service);
  });
});
