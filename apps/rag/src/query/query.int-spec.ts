import 'reflect-metadata';
import { sliceByCodePoints, type QueryFrame } from '@faas/rag-contract';
import { describeService } from '../../test/rag-harness';
import { MODEL } from '../../test/fake-gateway';

const text = 'Owls 🦉 sleep by day. They hunt at night.\n\nA key belongs to one tenant. A revoked key stops working within thirty seconds.';
const QUESTION = 'When does a revoked key stop working?';

describeService('query', (harness) => {
  const rag = () => harness().client();
  let documentId: string;
  beforeAll(async () => {
    await rag().putCollection('handbook');
    ({ id: documentId } = await harness().ingested('handbook', { text, title: 'Rules', externalId: 'rules' }));
  });
  const collect = async (query: string) => {
    const frames: QueryFrame[] = [];
    for await (const frame of rag().streamQuery('handbook', { query })) frames.push(frame);
    return frames;
  };

  it('answers with citations that stand in the document at their offsets', async () => {
    harness().gateway.answer = 'A revoked key stops working within thirty seconds [1].';
    const answer = await rag().query('handbook', { query: QUESTION });
    expect(answer).toMatchObject({ outcome: 'answered', mode: 'lexical', model: MODEL, usage: { inputTokens: 50, outputTokens: 9 } });
    expect(answer.citations).toMatchObject([{ number: 1, collection: 'handbook', documentId, version: 1, title: 'Rules', quote: 'A revoked key stops working within thirty seconds.' }]);
    const content = await rag().content('handbook', documentId);
    for (const { start, end, quote } of answer.citations) expect(sliceByCodePoints(content, start, end)).toBe(quote);
  });

  it('streams the same answer, its passages and citations', async () => {
    harness().gateway.answer = 'They hunt at night [1]. A key belongs to one tenant [1].';
    const frames = await collect('Who owns a key and when do owls hunt?');
    expect([...new Set(frames.map(({ event }) => event))]).toEqual(['started', 'passages', 'delta', 'citation', 'done']);
    const done = frames.at(-1)!;
    const deltas = frames.flatMap((frame) => (frame.event === 'delta' ? [frame.data.text] : [])).join('');
    expect(done.data).toMatchObject({ outcome: 'answered', answer: deltas });
    expect(frames.filter(({ event }) => event === 'citation').map(({ data }) => data)).toEqual(done.event === 'done' ? done.data.citations : []);
  });

  it('gives the model the passages as a tool result, for the caller\'s tenant only', async () => {
    await rag().query('handbook', { query: QUESTION, model: 'fake/other' });
    const [call] = harness().gateway.chats;
    expect(call?.body).toMatchObject({ model: 'fake/other', tool_choice: 'none' });
    expect(call?.body.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
    const claims = JSON.parse(Buffer.from(call?.headers.authorization?.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ aud: 'gateway', tenant: harness().tenant, scope: ['gateway:use'] });
  });

  it('abstains without asking a model when nothing or next to nothing was found', async () => {
    expect(await rag().query('handbook', { query: 'zebra' })).toMatchObject({ outcome: 'abstained', reason: 'no_passages', citations: [], model: null });
    expect(await rag().query('handbook', { query: 'Which quantum chromodynamics lattice simulations converge within a night of Monte Carlo sampling?' })).toMatchObject({ outcome: 'abstained', reason: 'weak_evidence' });
    expect(harness().gateway.chats).toEqual([]);
  });

  it('abstains when the model gives no evidence, or none that exists', async () => {
    harness().gateway.answer = 'The documents do not say.';
    expect(await rag().query('handbook', { query: QUESTION })).toMatchObject({ outcome: 'abstained', reason: 'no_citations', citations: [] });
    harness().gateway.answer = 'After thirty seconds [9].';
    expect(await rag().query('handbook', { query: QUESTION })).toMatchObject({ outcome: 'abstained', reason: 'citations_unresolved', answer: 'After thirty seconds.' });
  });

  it('says when an answer is only partly supported', async () => {
    harness().gateway.answer = 'After thirty seconds [1]. Owls agree [9].';
    expect(await rag().query('handbook', { query: QUESTION })).toMatchObject({ outcome: 'partial', reason: 'citations_unresolved', answer: 'After thirty seconds [1]. Owls agree.' });
    harness().gateway.answer = 'After thirty seconds [1] and';
    harness().gateway.finishReason = 'length';
    expect(await rag().query('handbook', { query: QUESTION })).toMatchObject({ outcome: 'partial', reason: 'truncated' });
  });

  it('passes the error of the model on, also when the answer was to be streamed', async () => {
    harness().gateway.failWith = 503;
    await expect(rag().query('handbook', { query: QUESTION })).rejects.toMatchObject({ retryable: true });
    await expect(collect(QUESTION)).rejects.toMatchObject({ retryable: true });
  });
});
