import type { FakeAnswer, FakeToolCall, FakeUsage } from './fake-model-provider.types';

const CREATED = 1_790_000_000;

/** Cuts text into pieces whose lengths follow `sizes`, used in turn. */
export function cutText(text: string, sizes: readonly number[] = [7]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

export function cutBytes(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const finishOf = (answer: FakeAnswer) => answer.finishReason ?? (answer.toolCalls?.length ? 'tool_calls' : 'stop');

function openAiUsage({ input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0 }: FakeUsage) {
  const prompt = input + cacheRead + cacheWrite;
  const completion = output + reasoning;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cacheRead },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

const openAiCall = (call: FakeToolCall) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } });

export function openAiBody(answer: FakeAnswer, model: string) {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text ?? null,
          refusal: null,
          ...(answer.toolCalls?.length ? { tool_calls: answer.toolCalls.map(openAiCall) } : {}),
        },
        logprobs: null,
        finish_reason: finishOf(answer),
      },
    ],
    ...(answer.usage === null ? {} : { usage: openAiUsage(answer.usage ?? { input: 11, output: 5 }) }),
    ...answer.extra,
  };
}

/** The `data:` lines of OpenAI's stream, in the order that OpenAI sends them. */
export function openAiFrames(answer: FakeAnswer, model: string, includeUsage: boolean): string[] {
  const chunk = (choices: unknown[], more: Record<string, unknown> = {}) => ({
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: CREATED,
    model,
    choices,
    ...(includeUsage ? { usage: null } : {}),
    ...answer.extra,
    ...more,
  });
  const delta = (value: unknown, finish: string | null = null) => chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }]);
  const calls = answer.toolCalls ?? [];
  const chunks = [
    delta({ role: 'assistant', content: calls.length && answer.text === undefined ? null : '' }),
    ...cutText(answer.text ?? '', answer.pieces).map((content) => delta({ content })),
    ...calls.flatMap((call, index) => [
      delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
      ...cutText(call.arguments, answer.pieces).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    delta({}, finishOf(answer)),
    ...(includeUsage && answer.usage !== null ? [chunk([], { usage: openAiUsage(answer.usage ?? { input: 11, output: 5 }) })] : []),
  ];
  return [...chunks.map((value) => `data: ${JSON.stringify(value)}\n\n`), 'data: [DONE]\n\n'];
}

const anthropicStop = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', content_filter: 'refusal' } as const;

function anthropicInputUsage({ input, cacheRead = 0, cacheWrite = 0 }: FakeUsage) {
  return { input_tokens: input, cache_creation_input_tokens: cacheWrite, cache_read_input_tokens: cacheRead };
}

export function anthropicBody(answer: FakeAnswer, model: string) {
  const usage = answer.usage ?? { input: 11, output: 5 };
  return {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(answer.text ? [{ type: 'text', text: answer.text }] : []),
      ...(answer.toolCalls ?? []).map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(call.arguments || '{}') as unknown })),
    ],
    stop_reason: anthropicStop[finishOf(answer)],
    stop_sequence: null,
    usage: { ...anthropicInputUsage(usage), output_tokens: usage.output + (usage.reasoning ?? 0) },
  };
}

const named = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The named events of Anthropic's stream, with a ping where Anthropic sends one. */
export function anthropicFrames(answer: FakeAnswer, model: string): string[] {
  const usage = answer.usage ?? { input: 11, output: 5 };
  const message = { ...anthropicBody(answer, model), content: [], stop_reason: null, usage: { ...anthropicInputUsage(usage), output_tokens: 1 } };
  const blocks = [
    ...(answer.text
      ? [{ start: { type: 'text', text: '' }, deltas: cutText(answer.text, answer.pieces).map((text) => ({ type: 'text_delta', text })) }]
      : []),
    ...(answer.toolCalls ?? []).map((call) => ({
      start: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: ['', ...cutText(call.arguments, answer.pieces)].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    })),
  ];
  return [
    named({ type: 'message_start', message } as { type: string }),
    named({ type: 'ping' }),
    ...blocks.flatMap(({ start, deltas }, index) => [
      named({ type: 'content_block_start', index, content_block: start } as { type: string }),
      ...deltas.map((delta) => named({ type: 'content_block_delta', index, delta } as { type: string })),
      named({ type: 'content_block_stop', index } as { type: string }),
    ]),
    named({
      type: 'message_delta',
      delta: { stop_reason: anthropicStop[finishOf(answer)], stop_sequence: null },
      usage: { output_tokens: usage.output + (usage.reasoning ?? 0) },
    } as { type: string }),
    named({ type: 'message_stop' }),
  ];
}

/** Deterministic vectors of unit length: equal texts have equal vectors. */
export function fakeVector(text: string, dimensions: number): number[] {
  const raw = Array.from({ length: dimensions }, (_, axis) => {
    let hash = 2166136261 ^ axis;
    for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
    return ((hash >>> 0) / 0xffffffff) * 2 - 1;
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}
