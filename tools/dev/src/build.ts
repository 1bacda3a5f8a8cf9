import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@faas/errors';
import { bundleOf, services } from './services';

const sources = ['apps', 'libs', 'tools/esbuild'];
const files = ['nx.json', 'tsconfig.base.json', 'package-lock.json'];
const ignored = /(^|\/)(node_modules|dist|\.nx)$|\.(spec|int-spec|port-suite)\.ts$|\.md$/;

/**
 * Builds the three services through Nx unless nothing changed since the last time. Nx alone would take two seconds to
 * find that out: here names, sizes and times of the sources are compared, in about 30 ms.
 *
 * @throws AppError INTERNAL with the output of the build when it fails, also when `signal` ends it.
 */
export async function buildServices(root: string, signal: AbortSignal): Promise<'built' | 'current'> {
  const stampFile = join(root, 'dist/apps/.sources');
  const stamp = await stampOf(root);
  const bundles = services.map((service) => join(root, bundleOf(service)));
  if (bundles.every(existsSync) && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return 'current';
  await runBuild(root, signal);
  // Bundles count by their time too, so the stamp is taken anew.
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, await stampOf(root));
  return 'built';
}

async function stampOf(root: string): Promise<string> {
  const hash = createHash('sha256');
  const bundles = services.map((service) => bundleOf(service));
  const found = (await Promise.all(sources.map((folder) => filesBelow(root, folder)))).flat();
  for (const file of [...found, ...files, ...bundles].sort()) {
    const { size, mtimeMs } = await stat(join(root, file)).catch(() => ({ size: -1, mtimeMs: 0 }));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .map((entry) => ({ entry, path: `${folder}/${entry.name}` }))
      .filter(({ path }) => !ignored.test(path))
      .map(({ entry, path }) => (entry.isDirectory() ? filesBelow(root, path) : [path])),
  );
  return nested.flat();
}

async function runBuild(root: string, signal: AbortSignal): Promise<void> {
  const projects = services.map(({ project }) => project).join(',');
  const args = [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '-p', projects, '--output-style=static'];
  // No daemon: it would outlive the command. Nothing of an Nx that may have started us: it would take this for its own task.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NX_') && name !== 'NODE_OPTIONS');
  const env = { ...Object.fromEntries(inherited), NX_DAEMON: 'false', NX_TUI: 'false' };
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const killed = () => child.kill('SIGTERM');
  process.once('exit', killed);
  signal.addEventListener('abort', killed);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  process.off('exit', killed);
  signal.removeEventListener('abort', killed);
  if (code !== 0) throw new AppError('INTERNAL', `The build failed.\n${Buffer.concat(output).toString().trimEnd()}`);
}
