import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Bundles a TypeScript program that imports `./src/index`, runs it in a fresh process and returns what it printed. */
export async function runProgram(contents: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'logging-'));
  const root = join(__dirname, '..');
  const workspace = join(root, '..', '..', '..');
  try {
    const outfile = join(folder, 'program.cjs');
    await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      external: ['@opentelemetry/*', 'pino'],
      tsconfig: join(workspace, 'tsconfig.base.json'),
      supported: { 'dynamic-import': false },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env: { NODE_PATH: join(workspace, 'node_modules') } });
    return stdout.trim().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
