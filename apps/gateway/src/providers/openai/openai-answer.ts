import type { Block, FinishReason, ModelAnswer } from '../model-events';
import type { TokenUsage } from '../token-usage';
import type { OpenAiAnswer, OpenAiSaid, OpenAiUsage } from './openai-wire';

/** OpenAI counts cached tokens inside the prompt and reasoning inside the completion: taken apart here. */
export function tokensOf(usage: OpenAiUsage): TokenUsage {
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  return {
    input: Math.max(0, (usage.prompt_tokens ?? 0) - cacheRead),
    cacheRead,
    cacheWrite: 0,
    cacheWriteLong: 0,
    output: Math.max(0, (usage.completion_tokens ?? 0) - reasoning),
    reasoning,
  };
}

/** Some servers say `stop` beside tool calls, some have words of their own. */
export function finishReasonOf(reason: string | null | undefined, calledTools: boolean): FinishReason {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'content-filter';
  return calledTools ? 'tool-calls' : 'stop';
}

/** Servers that leave the id out get one that is stable within the answer. */
export const callIdOf = (id: string | null | undefined, choice: number, position: number) => id || `call_${choice}_${position}`;

export function readOpenAiAnswer(answer: OpenAiAnswer): ModelAnswer {
  const choices = answer.choices.map(({ index, message, finish_reason }, position) => {
    const blocks = blocksOf(message, index ?? position);
    return { blocks, finishReason: finishReasonOf(finish_reason, Boolean(message.tool_calls?.length)) };
  });
  return {
    id: answer.id ?? '',
    createdAt: answer.created ?? 0,
    choices,
    ...(answer.usage ? { tokens: tokensOf(answer.usage) } : {}),
    vendor: { protocol: 'openai', body: answer },
  };
}

function blocksOf(message: OpenAiSaid, choice: number): Block[] {
  return [
    ...(message.reasoning_content ? [{ kind: 'reasoning' as const, text: message.reasoning_content }] : []),
    ...(message.content ? [{ kind: 'text' as const, text: message.content }] : []),
    ...(message.refusal ? [{ kind: 'refusal' as const, text: message.refusal }] : []),
    ...(message.tool_calls ?? []).map((call, position) => ({
      kind: 'tool-call' as const,
      callId: callIdOf(call.id, choice, position),
      name: call.function?.name ?? '',
      arguments: call.function?.arguments ?? '',
    })),
  ];
}
