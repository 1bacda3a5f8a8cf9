import * as fc from 'fast-check';
import { AppError } from '@faas/errors';
import { collect } from '../model-events';
import { readOpenAiAnswer } from './openai-answer';
import { OpenAiStreamReader } from './openai-stream';
import { openAiAnswer } from './openai-wire';

const unexpected = () => new AppError('INTERNAL', 'unexpected');
const read = (chunks: readonly unknown[]) => {
  const reader = new OpenAiStreamReader();
  return [...chunks.flatMap((chunk) => reader.read(chunk, unexpected)), ...reader.end()];
};
const chunkOf = (choices: unknown[], more = {}) => ({ id: 'a', object: 'chat.completion.chunk', created: 7, model: 'm', choices, ...more });
const deltaOf = (delta: unknown, finish: string | null = null, index = 0) => chunkOf([{ index, delta, finish_reason: finish }]);

interface Said {
  reasoning: string;
  text: string;
  refusal: string;
  calls: { id: string; name: string; arguments: string }[];
}

const said: fc.Arbitrary<Said> = fc.record({
  reasoning: fc.string({ maxLength: 20 }),
  text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  refusal: fc.constantFrom('', 'No.'),
  calls: fc.uniqueArray(fc.record({ id: fc.uuid(), name: fc.constantFrom('search', 'clock'), arguments: fc.json({ maxDepth: 2 }) }), { maxLength: 3, selector: ({ id }) => id }),
});

const bufferedOf = ({ reasoning, text, refusal, calls }: Said, finish: string) => ({
  id: 'a',
  created: 7,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: text,
        refusal: refusal || null,
        reasoning_content: reasoning,
        ...(calls.length ? { tool_calls: calls.map(({ id, name, arguments: json }) => ({ id, type: 'function', function: { name, arguments: json } })) } : {}),
      },
      finish_reason: finish,
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 }, completion_tokens_details: { reasoning_tokens: 1 } },
});

/** Cuts texts at any place and lets the pieces of parallel calls interleave. */
function streamOf({ reasoning, text, refusal, calls }: Said, finish: string, cuts: readonly number[]): unknown[] {
  const pieces = (value: string) => {
    const parts: string[] = [];
    for (let at = 0, turn = 0; at < value.length; turn += 1) {
      const size = cuts[turn % cuts.length] ?? 1;
      parts.push(value.slice(at, at + size));
      at += size;
    }
    return parts;
  };
  const opened = calls.map(({ id, name }, index) => deltaOf({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
  const written = calls.map(({ arguments: json }, index) => pieces(json).map((piece) => deltaOf({ tool_calls: [{ index, function: { arguments: piece } }] })));
  const interleaved = Array.from({ length: Math.max(0, ...written.map((list) => list.length)) }, (_, turn) => written.flatMap((list) => list[turn] ?? [])).flat();
  return [
    deltaOf({ role: 'assistant', content: '' }),
    ...pieces(reasoning).map((piece) => deltaOf({ reasoning_content: piece })),
    ...pieces(text).map((piece) => deltaOf({ content: piece })),
    ...pieces(refusal).map((piece) => deltaOf({ refusal: piece })),
    ...opened,
    ...interleaved,
    deltaOf({}, finish),
    chunkOf([], { usage: bufferedOf({ reasoning, text, refusal, calls }, finish).usage }),
  ];
}

describe('OpenAiStreamReader', () => {
  it('collects any chunking of an answer to what the buffered call gives', async () => {
    await fc.assert(
      fc.asyncProperty(said, fc.constantFrom('stop', 'length', 'content_filter', 'tool_calls'), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (spoken, finish, cuts) => {
        const { vendor: _vendor, ...buffered } = readOpenAiAnswer(openAiAnswer.parse(bufferedOf(spoken, finish)));
        expect(await collect(read(streamOf(spoken, finish, cuts)))).toEqual(buffered);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps parallel calls apart that a server puts at one index or at none', async () => {
    const call = (index: number | undefined, id: string) => deltaOf({ tool_calls: [{ index, id, function: { name: 'search', arguments: `{"query":"${id}"}` } }] });
    for (const index of [0, undefined]) {
      const { choices } = await collect(read([call(index, 'a'), call(index, 'b'), deltaOf({}, 'tool_calls')]));
      expect(choices[0]?.blocks.map((block) => block.kind === 'tool-call' && block.arguments)).toEqual(['{"query":"a"}', '{"query":"b"}']);
    }
  });

  it('takes a finish reason that comes ahead of the last content', async () => {
    const { choices } = await collect(read([deltaOf({ content: 'a' }, 'stop'), deltaOf({ content: 'b' })]));
    expect(choices[0]?.blocks).toEqual([{ kind: 'text', text: 'ab' }]);
  });

  it('keeps several choices apart', async () => {
    const { choices } = await collect(read([deltaOf({ content: 'a' }, null, 0), deltaOf({ content: 'b' }, null, 1), deltaOf({}, 'stop', 1), deltaOf({}, 'length', 0)]));
    expect(choices).toEqual([
      { blocks: [{ kind: 'text', text: 'a' }], finishReason: 'length' },
      { blocks: [{ kind: 'text', text: 'b' }], finishReason: 'stop' },
    ]);
  });

  it('is broken when it ends before the finish reason, or cannot be read', () => {
    expect(() => read([deltaOf({ content: 'half' })])).toThrow(expect.objectContaining({ code: 'MODEL_STREAM_BROKEN' }));
    expect(() => read([])).toThrow(expect.objectContaining({ code: 'MODEL_STREAM_BROKEN' }));
    expect(() => read(['no chunk'])).toThrow(expect.objectContaining({ code: 'MODEL_STREAM_BROKEN' }));
  });

  it('throws what an error chunk says', () => {
    const reader = new OpenAiStreamReader();
    expect(() => reader.read({ error: { message: 'x' } }, () => new AppError('MODEL_PROVIDER_UNAVAILABLE', 'x'))).toThrow(expect.objectContaining({ code: 'MODEL_PROVIDER_UNAVAILABLE' }));
  });

  it("hands on the upstream's chunk ahead of what it means", () => {
    const chunk = deltaOf({ content: 'a', annotations: [1] });
    expect(read([chunk, deltaOf({}, 'stop')])[0]).toEqual({ type: 'vendor', protocol: 'openai', body: chunk });
  });
});
