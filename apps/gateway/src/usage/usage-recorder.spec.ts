import { createLogger } from '@faas/logging';
import { NO_TOKENS } from '../providers/token-usage';
import { UsageRecorder } from './usage-recorder';
import { UsageStore, type StoredUsage, type UsageEntry } from './usage-store.port';

const entry = (tenant: string): UsageEntry => ({
  createdAt: new Date(0),
  tenant,
  subject: 's',
  keyId: null,
  requestId: 'r',
  operation: 'chat',
  provider: 'p',
  model: 'm',
  streamed: false,
  outcome: 'succeeded',
  errorCode: null,
  tokens: NO_TOKENS,
  costNanoUsd: null,
  settlement: 'exact',
  attempts: 1,
  latencyMs: 1,
  timeToFirstTokenMs: null,
});

class FakeUsageStore extends UsageStore {
  readonly batches: { tenant: string; ids: string[] }[] = [];
  failures = 0;

  async append(tenant: string, entries: readonly StoredUsage[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('database away');
    }
    this.batches.push({ tenant, ids: entries.map(({ id }) => id) });
  }

  list(): never {
    throw new Error('not asked here');
  }
}

describe('UsageRecorder', () => {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'error', destination: { write: (line) => lines.push(line) } });
  let store: FakeUsageStore;
  const recorderOf = (mode: 'background' | 'inline', mostWaiting?: number) => new UsageRecorder(store, logger, { mode, retryMs: 1, mostWaiting });
  beforeEach(() => {
    store = new FakeUsageStore();
    lines.length = 0;
  });

  it('does not keep an answer waiting, and writes each tenant in batches', async () => {
    const recorder = recorderOf('background');
    for (let count = 0; count < 150; count += 1) await recorder.record(entry(count % 3 === 0 ? 'a' : 'b'));
    expect(store.batches).toEqual([]);
    await recorder.close();
    expect(store.batches.map(({ tenant, ids }) => [tenant, ids.length])).toEqual([
      ['a', 50],
      ['b', 100],
    ]);
    expect(new Set(store.batches.flatMap(({ ids }) => ids)).size).toBe(150);
  });

  it('writes before the answer where nothing runs after it', async () => {
    await recorderOf('inline').record(entry('a'));
    expect(store.batches).toHaveLength(1);
  });

  it('tries again when the database is away', async () => {
    store.failures = 2;
    const recorder = recorderOf('background');
    await recorder.record(entry('a'));
    for (let turn = 0; turn < 100 && store.batches.length === 0; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(store.batches).toHaveLength(1);
    await recorder.close();
  });

  it.each(['background', 'inline'] as const)('never fails a call; what cannot be stored stands in the log (%s)', async (mode) => {
    store.failures = 100;
    const recorder = recorderOf(mode);
    await recorder.record(entry('a'));
    await recorder.close();
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ event: 'usage.not-stored', records: [{ tenant: 'a', model: 'm' }] });
  });

  it('holds a bounded number', async () => {
    const recorder = recorderOf('background', 2);
    for (let count = 0; count < 3; count += 1) await recorder.record(entry('a'));
    await recorder.close();
    expect(store.batches.flatMap(({ ids }) => ids)).toHaveLength(2);
    expect(lines).toHaveLength(1);
  });
});
