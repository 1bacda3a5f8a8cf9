import { AppError } from '@faas/errors';
import type { ChatInput } from '@faas/gateway-client';
import type { ChatCompletionChunk, ChatMessage } from '@faas/gateway-contract';
import type { ModelChunk, ModelMessage, ModelRequest, ModelToolCall } from '../language-model.port';

export function toChatCompletionRequest({ model, messages, tools, mayCallTools, maxOutputTokens }: ModelRequest): ChatInput {
  return {
    ...(model === null ? {} : { model }),
    messages: messages.map(toChatMessage),
    stream_options: { include_usage: true },
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function', function: { ...tool } })), tool_choice: mayCallTools ? 'auto' : 'none' }),
    ...(maxOutputTokens === undefined ? {} : { max_completion_tokens: maxOutputTokens }),
  };
}

function toChatMessage(message: ModelMessage): ChatMessage {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content: message.content };
  if (message.role !== 'assistant') return { role: message.role, content: message.content };
  return {
    role: 'assistant',
    // Some providers refuse empty text beside tool calls.
    content: message.content === '' ? null : message.content,
    ...(message.toolCalls.length === 0
      ? {}
      : { tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({ id, type: 'function' as const, function: { name, arguments: text } })) }),
  };
}

/** More pieces of tool calls than any model means to write. */
const MAX_TOOL_CALLS = 64;
const MAX_ARGUMENTS_CHARACTERS = 100_000;

/** Puts the chunks of one answer together: text goes on at once, tool calls and usage come with the end. */
export class AnswerAssembly {
  private readonly calls = new Map<number, { id: string; name: string; arguments: string }>();
  private model = '';
  private finishReason: string | undefined;
  private usage = { inputTokens: 0, outputTokens: 0 };

  /** @returns the text of the chunk. @throws AppError UPSTREAM_FAILED when the tool calls exceed every sensible size. */
  add(chunk: ChatCompletionChunk): string {
    this.model = chunk.model;
    if (chunk.usage) this.usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
    const choice = chunk.choices.find(({ index }) => index === 0);
    if (!choice) return '';
    this.finishReason = choice.finish_reason ?? this.finishReason;
    for (const piece of choice.delta.tool_calls ?? []) {
      const call = this.calls.get(piece.index) ?? { id: '', name: '', arguments: '' };
      call.id ||= piece.id ?? '';
      call.name += piece.function?.name ?? '';
      call.arguments += piece.function?.arguments ?? '';
      this.calls.set(piece.index, call);
      if (this.calls.size > MAX_TOOL_CALLS || call.arguments.length > MAX_ARGUMENTS_CHARACTERS) throw new AppError('UPSTREAM_FAILED', `The tool calls of the model ${chunk.model} never end.`);
    }
    // A refusal is the model's answer in words.
    return (choice.delta.content ?? '') + (choice.delta.refusal ?? '');
  }

  /** @throws AppError MODEL_STREAM_BROKEN when the model did not say that it was done. */
  end(): ModelChunk {
    if (this.finishReason === undefined) throw new AppError('MODEL_STREAM_BROKEN', "The model's answer ended before its end.");
    const toolCalls: ModelToolCall[] = [...this.calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
    return { type: 'end', model: this.model, toolCalls, truncated: this.finishReason === 'length', usage: this.usage };
  }
}
