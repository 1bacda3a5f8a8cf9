import type { Block, FinishReason, ModelAnswer } from '../model-events';
import type { TokenUsage } from '../token-usage';
import type { AnthropicBlock, AnthropicMessage, AnthropicUsage } from './anthropic-wire';

/** Anthropic's `input_tokens` leave cached ones out already; reasoning is counted as output. */
export function anthropicTokens(usage: AnthropicUsage): TokenUsage {
  const cacheWriteLong = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    input: usage.input_tokens ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    cacheWrite: Math.max(0, (usage.cache_creation_input_tokens ?? 0) - cacheWriteLong),
    cacheWriteLong,
    output: usage.output_tokens ?? 0,
    reasoning: 0,
  };
}

export function anthropicFinish(stopReason: string | null | undefined): FinishReason {
  switch (stopReason) {
    case 'tool_use':
      return 'tool-calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'content-filter';
    default:
      return 'stop';
  }
}

export function readAnthropicMessage(message: AnthropicMessage, createdAt: number): ModelAnswer {
  return {
    id: message.id,
    createdAt,
    choices: [{ blocks: message.content.flatMap(blockOf), finishReason: anthropicFinish(message.stop_reason) }],
    tokens: anthropicTokens(message.usage),
  };
}

function blockOf(block: AnthropicBlock): Block[] {
  if (block.type === 'text' && block.text) return [{ kind: 'text', text: block.text }];
  if (block.type === 'thinking' && block.thinking) return [{ kind: 'reasoning', text: block.thinking }];
  if (block.type === 'tool_use') return [{ kind: 'tool-call', callId: block.id ?? '', name: block.name ?? '', arguments: JSON.stringify(block.input ?? {}) }];
  return [];
}
