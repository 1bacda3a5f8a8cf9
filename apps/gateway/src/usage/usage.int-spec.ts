import { describeOnEachEngine, FakeModelProvider, type ThrowawayDatabase } from '@faas/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, type RunningGateway } from '../../test/running-gateway';

interface Row {
  id: string;
  outcome: string;
  errorCode: string | null;
  settlement: string;
  streamed: boolean;
  attempts: number;
  costNanoUsd: number | null;
  tokens: Record<string, number>;
  timeToFirstTokenMs: number | null;
  model: string;
  operation: string;
}

describeOnEachEngine('usage', (engine) => {
  let database: ThrowawayDatabase;
  let upstream: FakeModelProvider;
  let gateway: RunningGateway;
  let key: string;
  let tenant = 0;
  beforeAll(async () => {
    upstream = await FakeModelProvider.start();
    database = await engine.create();
    const providers = [{ name: 'fake', kind: 'openai', baseUrl: `${upstream.url}/v1`, apiKey: 'k', models: ['gpt-4o-mini', 'private'], pricedAs: 'openai' }];
    gateway = await startGateway({ database, variables: { MODEL_PROVIDERS: JSON.stringify(providers), MODEL_FIRST_OUTPUT_TIMEOUT_MS: 300, MODEL_IDLE_TIMEOUT_MS: 300 } });
  });
  beforeEach(async () => {
    tenant += 1;
    key = await gateway.keyFor(`usage-${process.pid}-${Date.now()}-${tenant}`, ['gateway:use']);
  });
  afterEach(() => upstream.reset());
  afterAll(async () => {
    await gateway.close();
    await database.drop();
    await upstream.close();
  });

  const chat = (body: Record<string, unknown> = {}) => gateway.post('/v1/chat/completions', { model: 'fake/gpt-4o-mini', messages: [{ role: 'user', content: 'Hello there.' }], ...body }, key);

  /** A row is there when its answer has ended. */
  async function rows(count: number): Promise<Row[]> {
    const { data } = (await (await gateway.get('/usage', key)).json()) as { data: Row[] };
    expect(data).toHaveLength(count);
    return data;
  }

  /** Nobody sees the end of a call that was left. */
  async function rowsSoon(count: number): Promise<Row[]> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const { data } = (await (await gateway.get('/usage', key)).json()) as { data: Row[] };
      if (data.length >= count) return data;
      await sleep(25);
    }
    throw new Error(`No ${count} usage rows appeared.`);
  }

  it('counts tokens once and prices them', async () => {
    upstream.script({ kind: 'answer', text: 'Hi.', usage: { input: 1_000, cacheRead: 200, output: 50, reasoning: 10 } });
    await (await chat()).json();
    const [row] = await rows(1);
    expect(row).toMatchObject({ operation: 'chat', model: 'fake/gpt-4o-mini', outcome: 'succeeded', errorCode: null, settlement: 'exact', streamed: false, attempts: 1, timeToFirstTokenMs: null });
    expect(row?.tokens).toEqual({ input: 1_000, cacheRead: 200, cacheWrite: 0, output: 50, reasoning: 10 });
    // gpt-4o-mini: 150 nano-USD per input token, 75 cached, 600 per output token.
    expect(row?.costNanoUsd).toBe(1_000 * 150 + 200 * 75 + 60 * 600);
  });

  it('does not invent a price, and costs nothing on local/extractive', async () => {
    await (await chat({ model: 'fake/private' })).json();
    await (await chat({ model: 'local/extractive' })).json();
    const [local, unknown] = await rows(2);
    expect([local?.costNanoUsd, unknown?.costNanoUsd]).toEqual([0, null]);
  });

  it('measures streams and keeps what was used by one that the caller left', async () => {
    upstream.script({ kind: 'answer', text: 'Hello again.' }, { kind: 'hang', when: 'after-first-output' });
    await (await chat({ stream: true })).text();
    const abort = new AbortController();
    const response = await fetch(`${gateway.api}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'fake/gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'Hello there.' }] }),
    });
    await response.body?.getReader().read();
    abort.abort();
    const [left, whole] = await rowsSoon(2);
    expect(whole).toMatchObject({ streamed: true, outcome: 'succeeded', settlement: 'exact', timeToFirstTokenMs: expect.any(Number) });
    expect(left).toMatchObject({ outcome: 'aborted', settlement: 'estimated', streamed: true });
    expect(left?.tokens['input']).toBeGreaterThan(0);
    expect(left?.tokens['output']).toBeGreaterThan(0);
  });

  it('keeps failed calls with their code and every attempt', async () => {
    upstream.script(...Array.from({ length: 3 }, () => ({ kind: 'error' as const, status: 503 })));
    expect((await chat()).status).toBe(502);
    upstream.script({ kind: 'error', status: 500 }, { kind: 'answer', text: 'Now it works.' });
    expect((await chat()).status).toBe(200);
    const [second, first] = await rows(2);
    expect(first).toMatchObject({ outcome: 'failed', errorCode: 'MODEL_PROVIDER_UNAVAILABLE', attempts: 3, tokens: { input: 0, output: 0 } });
    expect(second).toMatchObject({ outcome: 'succeeded', attempts: 2 });
  });

  it('ends a silent upstream, before the first output and after it', async () => {
    upstream.script({ kind: 'hang', when: 'after-head' });
    const silent = await chat({ stream: true });
    expect([silent.status, ((await silent.json()) as { error: { code: string } }).error.code]).toEqual([504, 'MODEL_PROVIDER_TIMEOUT']);
    upstream.script({ kind: 'hang', when: 'after-first-output' });
    const text = await (await chat({ stream: true })).text();
    expect(text).toContain('MODEL_PROVIDER_TIMEOUT');
    expect(text).not.toContain('[DONE]');
    const [second, first] = await rows(2);
    expect([first?.errorCode, second?.errorCode]).toEqual(['MODEL_PROVIDER_TIMEOUT', 'MODEL_PROVIDER_TIMEOUT']);
  });

  it('repeats a stream only before its first output', async () => {
    upstream.script({ kind: 'broken-stream', text: 'x', deltas: 0, how: 'clean-end' }, { kind: 'answer', text: 'whole' });
    expect(await (await chat({ stream: true })).text()).toContain('[DONE]');
    upstream.script({ kind: 'broken-stream', text: 'begun, then cut', deltas: 1, how: 'clean-end' }, { kind: 'answer', text: 'whole' });
    expect(await (await chat({ stream: true })).text()).not.toContain('whole');
    const [cut, repeated] = await rows(2);
    expect([repeated?.attempts, cut?.attempts]).toEqual([2, 1]);
  });

  it('counts embeddings', async () => {
    await (await gateway.post('/v1/embeddings', { model: 'fake/private', input: ['a text', 'another'] }, key)).json();
    expect((await rows(1))[0]).toMatchObject({ operation: 'embeddings', outcome: 'succeeded', tokens: { input: 4, output: 0 } });
  });

  it('lists page by page, newest first, for its own tenant only', async () => {
    for (let call = 0; call < 3; call += 1) await (await chat({ model: 'local/extractive' })).json();
    const all = await rows(3);
    const first = (await (await gateway.get('/usage?limit=2', key)).json()) as { data: Row[]; hasMore: boolean; lastId: string };
    const second = (await (await gateway.get(`/usage?limit=2&after=${first.lastId}`, key)).json()) as { data: Row[]; hasMore: boolean };
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
    const stranger = await gateway.keyFor(`stranger-${process.pid}`, ['gateway:use']);
    expect(await (await gateway.get('/usage', stranger)).json()).toEqual({ data: [], hasMore: false, lastId: null });
    const foreign = await gateway.get(`/usage?after=${first.lastId}`, stranger);
    expect([foreign.status, ((await foreign.json()) as { error: { code: string } }).error.code]).toEqual([400, 'CURSOR_INVALID']);
  });
});
