import { createLogger } from '@faas/logging';
import { NO_TOKENS } from '../providers/token-usage';
import { UsageRecorder, type UsageRecorderOptions } from './usage-recorder';
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
  /** While set, the database takes no row. */
  busy?: Promise<undefined>;

  async append(tenant: string, entries: readonly StoredUsage[]): Promise<void> {
    await this.busy;
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
  const logger = createLogger({ service: 'test', level: 'warn', destination: { write: (line) => lines.push(line) } });
  const logged = () => lines.map((line) => JSON.parse(line) as { event: string; records: { id: string; tenant: string; model: string }[] });
  let store: FakeUsageStore;
  const recorderOf = (options: UsageRecorderOptions = {}) => new UsageRecorder(store, logger, { retryMs: 1, ...options });
  beforeEach(() => {
    store = new FakeUsageStore();
    lines.length = 0;
  });

  it('has stored the row when it says so', async () => {
    await recorderOf().record(entry('a'));
    expect(store.batches).toMatchObject([{ tenant: 'a' }]);
    expect(lines).toEqual([]);
  });

  it('logs the row and tries again when the database is away', async () => {
    store.failures = 3;
    const recorder = recorderOf();
    await recorder.record(entry('a'));
    expect(logged()).toMatchObject([{ event: 'usage.delayed', records: [{ tenant: 'a', model: 'm' }] }]);
    while (store.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(store.batches[0]?.ids).toEqual(logged()[0]?.records.map(({ id }) => id));
    await recorder.close();
    expect(lines).toHaveLength(1);
  });

  it('keeps an answer waiting for a busy database only for a while, and writes the row once', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    store.busy = promise;
    const recorder = recorderOf({ patienceMs: 5 });
    await recorder.record(entry('a'));
    expect(store.batches).toEqual([]);
    expect(logged()).toMatchObject([{ event: 'usage.delayed', records: [{ tenant: 'a' }] }]);
    resolve(undefined);
    await recorder.close();
    expect(store.batches).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  it('writes what waits in batches, each of one tenant', async () => {
    store.failures = 150;
    const recorder = recorderOf({ retryMs: 20 });
    await Promise.all(Array.from({ length: 150 }, (_, count) => recorder.record(entry(count % 3 === 0 ? 'a' : 'b'))));
    await recorder.close();
    expect(store.batches.map(({ tenant, ids }) => [tenant, ids.length])).toEqual([
      ['a', 50],
      ['b', 100],
    ]);
    expect(new Set(store.batches.flatMap(({ ids }) => ids)).size).toBe(150);
  });

  it('does not close before a write under way has ended and its row was tried again', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    store.busy = promise;
    store.failures = 1;
    const recorder = recorderOf();
    const recorded = recorder.record(entry('a'));
    const closed = recorder.close();
    resolve(undefined);
    await Promise.all([recorded, closed]);
    expect(store.batches).toHaveLength(1);
  });

  it('never fails a call; what cannot be stored stands in the log', async () => {
    store.failures = 100;
    const recorder = recorderOf();
    await recorder.record(entry('a'));
    await recorder.close();
    expect(logged().at(-1)).toMatchObject({ event: 'usage.not-stored', records: [{ tenant: 'a', model: 'm' }] });
  });

  it('holds a bounded number', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    store.busy = promise;
    const recorder = recorderOf({ mostWaiting: 2, patienceMs: 1 });
    for (let count = 0; count < 3; count += 1) await recorder.record(entry('a'));
    resolve(undefined);
    await recorder.close();
    expect(store.batches).toHaveLength(2);
    expect(logged().map(({ event }) => event)).toEqual(['usage.delayed', 'usage.delayed', 'usage.not-stored']);
  });
});
