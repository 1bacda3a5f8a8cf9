import * as fc from 'fast-check';
import type { ChatCompletion, ChatCompletionChunk } from '@faas/gateway-contract';
import { collect, type FinishReason, type ModelEvent } from '../providers/model-events';
import { NO_TOKENS } from '../providers/token-usage';
import { writeChatCompletion } from './chat-answer.mapping';
import { ChatStreamWriter } from './chat-stream.mapping';

const identity = { model: 'p/m', id: 'chatcmpl-1', created: 7 };
const tokens = { ...NO_TOKENS, input: 3, cacheRead: 2, output: 5, reasoning: 1 };

const block = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'reasoning' as const, 'refusal' as const), pieces: fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('tool-call' as const), callId: fc.uuid(), name: fc.constantFrom('a', 'b'), pieces: fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 4 }) }),
);

/** Blocks open in order; their pieces come in any order that keeps each block's own. Text of one kind is one block. */
const answer = fc
  .tuple(fc.array(fc.uniqueArray(block, { maxLength: 4, selector: (one) => ('callId' in one ? one.callId : one.kind) }), { minLength: 1, maxLength: 2 }), fc.constantFrom<FinishReason>('stop', 'length', 'tool-calls', 'content-filter'), fc.infiniteStream(fc.nat()))
  .map(([choices, reason, order]): ModelEvent[] => {
    const blocks = choices.flatMap((list, choice) => list.map((one) => ({ ...one, choice })));
    const started = blocks.map(({ pieces: _pieces, ...one }, id): ModelEvent => ({ type: 'block-start', block: id, ...one }));
    const waiting = blocks.map(({ pieces }, id) => pieces.map((text): ModelEvent => ({ type: 'block-delta', block: id, text })));
    const deltas: ModelEvent[] = [];
    for (let open = waiting.filter(({ length }) => length > 0); open.length > 0; open = open.filter(({ length }) => length > 0)) {
      const next = open[(order.next().value as number) % open.length]?.shift();
      if (next) deltas.push(next);
    }
    const finishes = choices.map((_list, choice): ModelEvent => ({ type: 'finish', choice, reason }));
    return [{ type: 'start', id: 'up', createdAt: 9 }, ...started, ...deltas, ...finishes];
  });

/** What an OpenAI client makes of chunks. */
function assemble(chunks: readonly ChatCompletionChunk[]): Record<string, unknown>[] {
  const choices = new Map<number, { content: string; reasoning: string; refusal: string; calls: Record<string, string>[]; finish?: string | null }>();
  for (const { index, delta, finish_reason } of chunks.flatMap((chunk) => chunk.choices)) {
    const choice = choices.get(index) ?? { content: '', reasoning: '', refusal: '', calls: [] };
    choices.set(index, choice);
    choice.content += delta.content ?? '';
    choice.refusal += delta.refusal ?? '';
    choice.reasoning += (delta['reasoning_content'] as string | undefined) ?? '';
    for (const call of delta.tool_calls ?? []) {
      const known = (choice.calls[call.index] ??= { id: '', name: '', arguments: '' });
      known['id'] += call.id ?? '';
      known['name'] += call.function?.name ?? '';
      known['arguments'] += call.function?.arguments ?? '';
    }
    if (finish_reason) choice.finish = finish_reason;
  }
  return [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
}

const flatten = ({ choices }: ChatCompletion) =>
  choices.map(({ message, finish_reason }) => ({
    content: message.content ?? '',
    reasoning: message['reasoning_content'] ?? '',
    refusal: message.refusal ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
    finish: finish_reason,
  }));

describe('ChatStreamWriter', () => {
  it('writes chunks that assemble to the buffered answer', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (events) => {
        const writer = new ChatStreamWriter(identity);
        const chunks = events.flatMap((event) => writer.write(event));
        expect(assemble(chunks)).toEqual(flatten(writeChatCompletion(await collect(events), tokens, identity)));
        for (const chunk of chunks) expect(chunk).toMatchObject({ id: 'up', created: 9, model: 'p/m', object: 'chat.completion.chunk' });
      }),
      { numRuns: 300 },
    );
  });

  it("passes an upstream's own chunks with only the model replaced, and usage held back", () => {
    const writer = new ChatStreamWriter(identity);
    const body = { id: 'up', object: 'chat.completion.chunk', created: 9, model: 'm', choices: [{ index: 0, delta: { content: 'a', annotations: [] }, logprobs: { content: [] }, finish_reason: null }], usage: null, system_fingerprint: 'f' };
    const { usage: _usage, ...rest } = body;
    expect(writer.write({ type: 'vendor', protocol: 'openai', body })).toEqual([{ ...rest, model: 'p/m' }]);
    expect(writer.write({ type: 'block-delta', block: 0, text: 'a' })).toEqual([]);
    expect(writer.write({ type: 'vendor', protocol: 'openai', body: { ...body, choices: [], usage: { prompt_tokens: 5, queue_time: 0.1 } } })).toEqual([]);
    expect(writer.usage(tokens)).toMatchObject({ id: 'up', choices: [], usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11, queue_time: 0.1 } });
  });
});
