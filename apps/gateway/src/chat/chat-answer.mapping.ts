import type { ChatCompletion } from '@faas/gateway-contract';
import type { Block, Choice, FinishReason, ModelAnswer } from '../providers/model-events';
import type { TokenUsage } from '../providers/token-usage';
import { writeChatUsage } from './chat-usage.mapping';

export const chatFinishReason: Readonly<Record<FinishReason, string>> = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls', 'content-filter': 'content_filter' };

export interface ChatIdentity {
  /** `provider/model`. */
  readonly model: string;
  /** Used where the upstream names none. */
  readonly id: string;
  /** Unix seconds; used where the upstream names none. */
  readonly created: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** The answer in OpenAI's words; an OpenAI-compatible upstream's own fields are kept. */
export function writeChatCompletion(answer: ModelAnswer, tokens: TokenUsage, identity: ChatIdentity): ChatCompletion {
  const vendor = answer.vendor?.body ?? {};
  const vendorChoices = Array.isArray(vendor['choices']) ? (vendor['choices'] as Fields[]) : [];
  return {
    ...vendor,
    id: answer.id || identity.id,
    object: 'chat.completion',
    created: answer.createdAt || identity.created,
    model: identity.model,
    choices: answer.choices.map((choice, position) => choiceOf(choice, position, vendorChoices[position])),
    usage: writeChatUsage(tokens, vendor['usage']),
  };
}

function choiceOf(choice: Choice, position: number, vendor: Fields = {}): ChatCompletion['choices'][number] {
  const own = messageOf(choice.blocks);
  const message = (vendor['message'] ?? {}) as Fields;
  return {
    ...vendor,
    index: typeof vendor['index'] === 'number' ? vendor['index'] : position,
    message: { ...message, ...own, ...(Array.isArray(message['tool_calls']) ? { tool_calls: own.tool_calls?.map((call, index) => ({ ...(message['tool_calls'] as Fields[])[index], ...call })) } : {}) },
    finish_reason: typeof vendor['finish_reason'] === 'string' ? vendor['finish_reason'] : chatFinishReason[choice.finishReason],
  };
}

function messageOf(blocks: readonly Block[]): ChatCompletion['choices'][number]['message'] {
  const reasoning = joined(blocks, 'reasoning');
  const calls = blocks.flatMap((block) => (block.kind === 'tool-call' ? [{ id: block.callId, type: 'function' as const, function: { name: block.name, arguments: block.arguments } }] : []));
  const text = joined(blocks, 'text');
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: joined(blocks, 'refusal') || null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(calls.length ? { tool_calls: calls } : {}),
  };
}

const joined = (blocks: readonly Block[], kind: Block['kind']) => blocks.map((block) => (block.kind === kind && 'text' in block ? block.text : '')).join('');
