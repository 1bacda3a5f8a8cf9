import * as fc from 'fast-check';
import { AppError } from '@faas/errors';
import { collect } from '../model-events';
import { readAnthropicMessage } from './anthropic-answer';
import { AnthropicStreamReader } from './anthropic-stream';
import { anthropicMessage } from './anthropic-wire';

const unexpected = () => new AppError('INTERNAL', 'unexpected');
const read = (events: readonly unknown[]) => {
  const reader = new AnthropicStreamReader(7);
  return [...events.flatMap((event) => reader.read(event, unexpected)), ...reader.end()];
};

type Block = { type: 'text'; text: string } | { type: 'thinking'; thinking: string; signature: string } | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'grapheme', maxLength: 30 }) }),
  fc.record({ type: fc.constant('thinking' as const), thinking: fc.string({ maxLength: 30 }), signature: fc.constant('sig') }),
  fc.record({ type: fc.constant('tool_use' as const), id: fc.uuid(), name: fc.constantFrom('search', 'clock'), input: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })) }),
);
const usage = { input_tokens: 9, cache_read_input_tokens: 3, cache_creation_input_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 }, output_tokens: 6 };

function streamOf(content: readonly Block[], stopReason: string, cuts: readonly number[]): unknown[] {
  const pieces = (value: string) => {
    const parts: string[] = [];
    for (let at = 0, turn = 0; at < value.length; turn += 1) {
      const size = cuts[turn % cuts.length] ?? 1;
      parts.push(value.slice(at, at + size));
      at += size;
    }
    return parts;
  };
  const deltasOf = (one: Block) => {
    if (one.type === 'text') return pieces(one.text).map((text) => ({ type: 'text_delta', text }));
    if (one.type === 'thinking') return [...pieces(one.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature: one.signature }];
    const json = Object.keys(one.input).length === 0 ? '' : JSON.stringify(one.input);
    return ['', ...pieces(json)].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  };
  const opening = (one: Block) => (one.type === 'text' ? { ...one, text: '' } : one.type === 'thinking' ? { ...one, thinking: '' } : { ...one, input: {} });
  const { output_tokens: _output, ...input } = usage;
  return [
    { type: 'message_start', message: { id: 'msg', type: 'message', role: 'assistant', content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } } },
    { type: 'ping' },
    ...content.flatMap((one, index) => [
      { type: 'content_block_start', index, content_block: opening(one) },
      ...deltasOf(one).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens, input_tokens: null } },
    { type: 'message_stop' },
  ];
}

describe('AnthropicStreamReader', () => {
  it('collects any chunking of a message to what the buffered call gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { maxLength: 4 }),
        fc.constantFrom('end_turn', 'max_tokens', 'tool_use', 'refusal', 'stop_sequence', 'model_context_window_exceeded', 'pause_turn'),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (content, stopReason, cuts) => {
          const buffered = readAnthropicMessage(anthropicMessage.parse({ id: 'msg', content, stop_reason: stopReason, usage }), 7);
          expect(await collect(read(streamOf(content, stopReason, cuts)))).toEqual(buffered);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts each token once', async () => {
    const { tokens } = await collect(read(streamOf([], 'end_turn', [1])));
    expect(tokens).toEqual({ input: 9, cacheRead: 3, cacheWrite: 4, cacheWriteLong: 1, output: 6, reasoning: 0 });
  });

  it('is broken without message_stop', () => {
    expect(() => read(streamOf([{ type: 'text', text: 'half' }], 'end_turn', [9]).slice(0, -1))).toThrow(expect.objectContaining({ code: 'MODEL_STREAM_BROKEN' }));
  });

  it('skips events and blocks that it does not know', async () => {
    const events = streamOf([{ type: 'text', text: 'a' }], 'end_turn', [9]);
    events.splice(2, 0, { type: 'new_event', field: 1 }, { type: 'content_block_start', index: 9, content_block: { type: 'server_tool_use', id: 's' } });
    expect((await collect(read(events))).choices[0]?.blocks).toEqual([{ kind: 'text', text: 'a' }]);
  });
});
