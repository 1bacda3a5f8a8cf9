import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** What a fresh process prints: which OpenTelemetry packages are loaded after `program` ran. */
const program = (enabled: boolean) => `
  import { startTelemetry, withSpan, withModelCall, recordCount, createLogger } from './src/index';
  void (async () => {
    const telemetry = await startTelemetry({ enabled: ${enabled}, service: 's', endpoint: 'http://127.0.0.1:9' });
    await withSpan('a', {}, () => withModelCall({ operation: 'chat', provider: 'p', model: 'm' }, async (call) => call.answered({ inputTokens: 1 })));
    recordCount('c');
    const loaded = Object.keys(require.cache).flatMap((file) => /@opentelemetry.([^/\\\\]+)/.exec(file)?.[1] ?? []);
    console.log(JSON.stringify([...new Set(loaded)].sort()));
    process.exit(0);
  })();
`;

async function loadedPackages(enabled: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'telemetry-'));
  try {
    const outfile = join(folder, 'program.cjs');
    const root = join(__dirname, '..', '..');
    const workspace = join(root, '..', '..', '..');
    await build({
      stdin: { contents: program(enabled), resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      external: ['@opentelemetry/*', 'pino'],
      tsconfig: join(workspace, 'tsconfig.base.json'),
      supported: { 'dynamic-import': false },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env: { NODE_PATH: join(workspace, 'node_modules') } });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('telemetry that is off', () => {
  it('loads nothing of OpenTelemetry but its API', async () => {
    expect(await loadedPackages(false)).toEqual(['api']);
  });

  it('is told apart from telemetry that is on by the same measurement', async () => {
    expect(await loadedPackages(true)).toEqual(expect.arrayContaining(['api', 'sdk-trace', 'sdk-metrics']));
  });
});
