import { runProgram } from '../../test/run-program';

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
  const lines = await runProgram(program(enabled));
  return JSON.parse(lines.at(-1) ?? '[]') as string[];
}

describe('telemetry that is off', () => {
  it('loads nothing of OpenTelemetry but its API', async () => {
    expect(await loadedPackages(false)).toEqual(['api']);
  });

  it('is told apart from telemetry that is on by the same measurement', async () => {
    expect(await loadedPackages(true)).toEqual(expect.arrayContaining(['api', 'sdk-trace', 'sdk-metrics']));
  });
});
