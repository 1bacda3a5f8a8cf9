import 'reflect-metadata';
import type { ReceivedFrame } from '@faas/agent-client';
import { sliceByCodePoints } from '@faas/rag-contract';
import { AgentHarness } from '../../test/agent-harness';
import { MODEL } from '../../test/fake-gateway';

let harness: AgentHarness;
beforeAll(async () => {
  harness = await AgentHarness.start();
});
afterAll(() => harness.stop());

async function collect(stream: AsyncIterable<ReceivedFrame>): Promise<ReceivedFrame[]> {
  const list: ReceivedFrame[] = [];
  for await (const frame of stream) list.push(frame);
  return list;
}

describe('a chat', () => {
  it('searches, answers and cites', async () => {
    const agents = harness.client('acme');
    await agents.putAgent('guide', { instructions: 'Answer from the handbook.', tools: [{ type: 'retrieval', collection: 'handbook' }] });
    const answer = await agents.chat('guide', { message: 'When do revoked keys stop?' });
    expect(answer).toMatchObject({ status: 'succeeded', model: MODEL, usage: { inputTokens: 20, outputTokens: 10, steps: 2 } });
    expect(answer.message).toContain('[1]');
    for (const { start, end, quote } of answer.citations) expect(sliceByCodePoints(harness.rag.textOf('handbook'), start, end)).toBe(quote);
    const frames = await collect(agents.streamChat('guide', { message: 'When do revoked keys stop?' }));
    expect(frames.map(({ event }) => event)).toEqual([]);
  });
});
