import { build, type BuildOptions } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(__dirname, '../../../..');
const esbuildConfig = createRequire(__filename)('../../../../tools/esbuild/esbuild.config.cjs') as BuildOptions;

/**
 * A service's main.http.ts as one file, as `nx build` makes it; below the repository, whose packages it imports.
 *
 * @param app folder below apps, for example `rag`.
 */
export async function buildService(app: string): Promise<{ file: string; remove(): Promise<void> }> {
  await mkdir(join(root, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(root, 'dist', `${app}-spec-`));
  const outfile = join(folder, 'main.http.cjs');
  await build({
    ...esbuildConfig,
    entryPoints: [join(root, 'apps', app, 'src/main.http.ts')],
    tsconfig: join(root, 'tsconfig.base.json'),
    outfile,
    outExtension: {},
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    sourcemap: false,
  });
  return { file: outfile, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The service in a process of its own, which can be killed. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(file: string, environment: Record<string, string | number>): Promise<ServiceProcess> {
    const env = { ...process.env, ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])), NODE_OPTIONS: '' };
    const child = fork(file, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const started = once(child, 'message') as Promise<[{ url: string }]>;
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The service ended with ${String(code)} before it was ready.`);
    });
    const [{ url }] = await Promise.race([started, ended]);
    ended.catch(() => undefined);
    return new ServiceProcess(child, url);
  }

  /** As a power cut would: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
