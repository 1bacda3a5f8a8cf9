import 'reflect-metadata';
import { sliceByCodePoints } from '@faas/rag-contract';
import { describeService } from '../../test/agent-harness';
import { MODEL } from '../../test/fake-gateway';
import { collect, eventually, readUntil } from '../../test/frames';

const QUESTION = 'When do revoked keys stop?';

describeService('chat', (harness) => {
  const agents = () => harness().client();
  beforeAll(async () => {
    await agents().putAgent('guide', { instructions: 'Answer from the handbook.', tools: [{ type: 'retrieval', collection: 'handbook' }] });
    await agents().putAgent('plain', { instructions: 'Just talk.' });
  });

  it('searches, answers and cites what the document says at that place', async () => {
    const answer = await agents().chat('guide', { message: QUESTION });
    expect(answer).toMatchObject({ status: 'succeeded', model: MODEL, usage: { inputTokens: 20, outputTokens: 10, steps: 2 } });
    expect(answer.message).toBe('Revoked keys stop working within thirty seconds. [1]');
    expect(answer.citations).toHaveLength(1);
    for (const { start, end, quote } of answer.citations) expect(sliceByCodePoints(harness().rag.textOf('handbook'), start, end)).toBe(quote);
    expect(harness().rag.searches).toMatchObject([{ collection: 'handbook', query: QUESTION }]);
  });

  it('streams the same run, gap-free and with the JSON answer at its end', async () => {
    const frames = await collect(agents().streamChat('guide', { message: QUESTION }));
    expect(frames.map(({ id }) => id)).toEqual(frames.map((_, index) => index + 1));
    expect([...new Set(frames.map(({ event }) => event))]).toEqual(['run.started', 'tool.started', 'tool.finished', 'delta', 'citation', 'run.finished']);
    const text = frames.flatMap((frame) => (frame.event === 'delta' ? [frame.data.text] : [])).join('');
    const last = frames.at(-1);
    expect(last).toMatchObject({ event: 'run.finished', data: { status: 'succeeded', message: text } });
    expect(frames.find(({ event }) => event === 'tool.started')).toMatchObject({ data: { name: 'search_handbook', arguments: { query: QUESTION } } });
    expect(frames.find(({ event }) => event === 'citation')?.data).toEqual(last?.event === 'run.finished' ? last.data.citations[0] : undefined);
  });

  it('calls its neighbours for the tenant of the caller with only the scope that each call needs', async () => {
    await agents().chat('guide', { message: QUESTION });
    const claims = (header: string | undefined) => JSON.parse(Buffer.from(header?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    expect(claims(harness().gateway.requests[0]?.headers.authorization)).toMatchObject({ aud: 'gateway', tenant: harness().tenant, sub: 'spec', scope: ['gateway:use'] });
    expect(claims(harness().rag.searches[0]?.headers.authorization)).toMatchObject({ aud: 'rag', tenant: harness().tenant, scope: ['rag:read'] });
  });

  it('continues a thread with what was said before, without the markers of earlier runs', async () => {
    const first = await agents().chat('guide', { message: QUESTION });
    await agents().chat('guide', { message: 'Requests are limited how?', threadId: first.threadId });
    const { messages } = harness().gateway.requests.at(-1)!.body;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'tool']);
    expect(messages[2]?.content).toBe('Revoked keys stop working within thirty seconds.');
    const { data } = await agents().listMessages('guide', first.threadId);
    expect(data.map(({ role, citations }) => [role, citations.length])).toEqual([['assistant', 1], ['user', 0], ['assistant', 1], ['user', 0]]);
    expect(await agents().getThread('guide', first.threadId)).toMatchObject({ title: QUESTION, activeRunId: null });
  });

  it('says in its own words that there is no evidence, and cites nothing', async () => {
    const answer = await agents().chat('guide', { message: 'Zebras?' });
    expect(answer).toMatchObject({ status: 'succeeded', message: 'The collection does not answer this.', citations: [] });
  });

  it('removes a marker that no passage supports', async () => {
    harness().gateway.answerWith((_body, answer) => answer.text('It is so [7].'));
    expect(await agents().chat('plain', { message: 'Is it?' })).toMatchObject({ message: 'It is so.', citations: [] });
  });

  it('gives a thread to exactly one of twenty chats at once', async () => {
    const { threadId } = await agents().chat('plain', { message: 'First.' });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    harness().gateway.answerWith(async (_body, answer) => {
      await held;
      answer.text('Done.');
    });
    const race = Array.from({ length: 20 }, (_, index) => agents().chat('plain', { message: `Number ${index}.`, threadId }));
    const refused: unknown[] = [];
    const settled = race.map((chat) => chat.catch((error: unknown) => void refused.push(error)));
    await eventually(async () => refused.length, (count) => count === 19);
    release();
    const answers = (await Promise.all(settled)).filter(Boolean);
    expect(answers).toHaveLength(1);
    for (const error of refused) expect(error).toMatchObject({ code: 'THREAD_BUSY', status: 409, retryable: true });
    expect((await agents().listMessages('plain', threadId)).data).toHaveLength(4);
  });

  it('finds no agent, or keeps it, when it is deleted at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      await agents().putAgent('leaving', { instructions: 'Just talk.' });
      const failure = (attempt: Promise<unknown>) => attempt.then(() => 'none', (error: { code: string }) => error.code);
      const chats = Array.from({ length: 4 }, () => failure(agents().chat('leaving', { message: 'Still there?' })));
      const gone = await failure(agents().deleteAgent('leaving'));
      expect(['none', 'THREAD_BUSY']).toContain(gone);
      for (const code of await Promise.all(chats)) expect(['none', 'AGENT_NOT_FOUND']).toContain(code);
      if (gone === 'THREAD_BUSY') await agents().deleteAgent('leaving');
    }
  });

  it('carries a run to its end when the caller leaves', async () => {
    harness().gateway.answerWith(async (_body, answer) => {
      answer.text('Half ');
      await new Promise((resolve) => setTimeout(resolve, 300));
      answer.text('and whole.');
    });
    const leaving = new AbortController();
    const stream = agents().streamChat('plain', { message: 'Go on.' }, { signal: leaving.signal });
    const { data } = await readUntil(stream, 'run.started');
    leaving.abort();
    const run = await eventually(() => agents().getRun('plain', data.runId), ({ status }) => status !== 'running');
    expect(run).toMatchObject({ status: 'succeeded', message: 'Half and whole.' });
    expect((await agents().listMessages('plain', data.threadId)).data[0]).toMatchObject({ role: 'assistant', content: 'Half and whole.' });
  });

  it('fails with a 503 that names the neighbour which is down, and keeps the question', async () => {
    await harness().rag.pause(async () => {
      const failure = await agents().chat('guide', { message: QUESTION }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('rag-service') });
      const { runId, threadId } = (failure as { details: { runId: string; threadId: string } }).details;
      expect(await agents().getRun('guide', runId)).toMatchObject({ status: 'failed', message: null, error: { code: 'SERVICE_UNAVAILABLE' } });
      expect((await agents().listMessages('guide', threadId)).data).toMatchObject([{ role: 'user', content: QUESTION }]);
      await expect(collect(agents().streamChat('guide', { message: QUESTION, threadId }))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    });
  });

  it('passes the errors of the gateway on with their own code', async () => {
    harness().gateway.answerWith((_body, answer) => answer.fail(404, 'MODEL_NOT_FOUND', "Unknown model 'x/y'."));
    await expect(agents().chat('plain', { message: 'Hi' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: "Unknown model 'x/y'." });
  });

  it('tells the model about wrong arguments and executes nothing', async () => {
    let turn = 0;
    harness().gateway.answerWith((_body, answer) => (turn++ === 0 ? answer.call('search_handbook', '{"query": ') : answer.text('I gave up.')));
    const frames = await collect(agents().streamChat('guide', { message: QUESTION }));
    expect(frames.find(({ event }) => event === 'tool.finished')).toMatchObject({ data: { status: 'rejected' } });
    expect(harness().rag.searches).toEqual([]);
    expect(harness().gateway.requests.at(-1)?.body.messages.at(-1)?.content).toContain('not valid JSON');
  });

  it('ends a run that takes longer than its agent allows', async () => {
    await agents().putAgent('hasty', { instructions: 'Hurry.', limits: { timeoutMs: 1_000 } });
    harness().gateway.answerWith((_body, answer) => answer.hang());
    await expect(agents().chat('hasty', { message: 'Now!' })).rejects.toMatchObject({ code: 'RUN_LIMIT_REACHED', details: { limit: 'timeoutMs' } });
  });

  it('answers a repeated Idempotency-Key without a second run', async () => {
    const options = { idempotencyKey: `k-${harness().tenant}` };
    const first = await agents().chat('plain', { message: 'Once.' }, options);
    expect(await agents().chat('plain', { message: 'Once.' }, options)).toEqual(first);
    await expect(agents().chat('plain', { message: 'Twice.' }, options)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(harness().gateway.requests).toHaveLength(1);
  });

  describe('a repeated Idempotency-Key', () => {
    const send = (key: string, body: object, timeoutMs?: number) =>
      harness().fetch('/plain/chat', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'idempotency-key': `${key}-${harness().tenant}`, ...(timeoutMs ? { 'x-faas-timeout-ms': String(timeoutMs) } : {}) },
      });
    const newThread = async () => (await agents().chat('plain', { message: 'First.' })).threadId;
    const questions = async (threadId: string) => (await agents().listMessages('plain', threadId)).data.filter(({ role }) => role === 'user').map(({ content }) => content);
    const callsAfter = (first: number) => harness().gateway.requests.length - first;

    it.each([
      ['JSON', false, 404],
      ['a stream', true, 200],
    ])('gets the error of the run that failed, as %s', async (what, stream, status) => {
      const threadId = await newThread();
      const asked = harness().gateway.requests.length;
      harness().gateway.answerWith((_body, answer) => answer.fail(404, 'MODEL_NOT_FOUND', "Unknown model 'x/y'."));
      const body = { message: 'Once.', threadId, stream };
      const first = await send(`failed ${what}`.replaceAll(' ', '-'), body);
      const text = await first.text();
      expect(text).toContain('MODEL_NOT_FOUND');
      const again = await send(`failed ${what}`.replaceAll(' ', '-'), body);
      expect([first.status, again.status, await again.text()]).toEqual([status, status, text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await questions(threadId)).toEqual(['Once.', 'First.']);
      expect(callsAfter(asked)).toBe(1);
    });

    it('gets the time-out that names the run which goes on', async () => {
      const threadId = await newThread();
      const asked = harness().gateway.requests.length;
      harness().gateway.answerWith((_body, answer) => answer.hang());
      const body = { message: 'Once.', threadId };
      const first = await send('late', body, 1_500);
      const { error } = (await first.json()) as { error: { code: string; details: { runId: string } } };
      expect([first.status, error.code]).toEqual([504, 'DEADLINE_EXCEEDED']);
      const again = await send('late', body);
      expect([again.status, await again.json()]).toEqual([504, { error }]);
      expect(await questions(threadId)).toEqual(['Once.', 'First.']);
      expect(callsAfter(asked)).toBe(1);
      await agents().cancelRun('plain', error.details.runId);
    });
  });

  it('stores what no database takes as something it takes', async () => {
    harness().gateway.answerWith((_body, answer) => answer.text('a\0b'));
    expect(await agents().chat('plain', { message: 'Say NUL.' })).toMatchObject({ status: 'succeeded' });
    const refused = await harness().fetch('/plain/chat', { method: 'POST', body: JSON.stringify({ message: 'a\0b' }) });
    expect(refused.status).toBe(400);
  });

  it.each([
    ['malformed JSON', '{"message":', 400, 'REQUEST_MALFORMED'],
    ['no words', '{"message":" "}', 400, 'REQUEST_INVALID'],
    ['an unknown field', '{"message":"a","topK":3}', 400, 'REQUEST_INVALID'],
    ['something that is not a thread', '{"message":"a","threadId":"t"}', 400, 'REQUEST_INVALID'],
    ['an unknown thread', `{"message":"a","threadId":"thr_${'0'.repeat(32)}"}`, 404, 'THREAD_NOT_FOUND'],
    ['an unknown thread, streaming', `{"message":"a","stream":true,"threadId":"thr_${'0'.repeat(32)}"}`, 404, 'THREAD_NOT_FOUND'],
  ])('refuses %s and keeps nothing', async (_what, body, status, code) => {
    const before = (await agents().listThreads('plain')).data.length;
    const response = await harness().fetch('/plain/chat', { method: 'POST', body });
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([status, code]);
    expect((await agents().listThreads('plain')).data).toHaveLength(before);
    expect(harness().gateway.requests).toEqual([]);
  });
});
