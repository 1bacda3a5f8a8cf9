import type { ChatCompletionChunk } from '@faas/gateway-contract';
import type { ModelEvent } from '../providers/model-events';
import type { TokenUsage } from '../providers/token-usage';
import { chatFinishReason, type ChatIdentity } from './chat-answer.mapping';
import { writeChatUsage } from './chat-usage.mapping';

type Chunk = ChatCompletionChunk;
type Delta = Chunk['choices'][number]['delta'];

/**
 * Writes events as OpenAI's chunks. Chunks of an OpenAI-compatible upstream pass through with only the model replaced and
 * usage held back for the last chunk; everything else is written from the events.
 */
export class ChatStreamWriter {
  private head: { id: string; created: number };
  private vendorUsage?: unknown;
  private fromVendor = false;
  private readonly blocks = new Map<number, { choice: number; kind: string; toolIndex: number }>();
  private readonly toolCounts = new Map<number, number>();
  private readonly opened = new Set<number>();

  constructor(private readonly identity: ChatIdentity) {
    this.head = { id: identity.id, created: identity.created };
  }

  write(event: ModelEvent): Chunk[] {
    if (event.type === 'vendor') return this.pass(event.body);
    if (event.type === 'start') {
      this.head = { id: event.id || this.identity.id, created: event.createdAt || this.identity.created };
      return [];
    }
    return this.fromVendor ? [] : this.own(event);
  }

  /** The chunk that `stream_options.include_usage` asks for. */
  usage(tokens: TokenUsage): Chunk {
    return { ...this.envelope(), choices: [], usage: writeChatUsage(tokens, this.vendorUsage) };
  }

  private pass(body: Readonly<Record<string, unknown>>): Chunk[] {
    this.fromVendor = true;
    const { usage, ...chunk } = body;
    if (usage !== null && usage !== undefined) this.vendorUsage = usage;
    const choices = Array.isArray(chunk['choices']) ? (chunk['choices'] as Chunk['choices']) : [];
    if (choices.length === 0) return [];
    const id = typeof chunk['id'] === 'string' && chunk['id'] !== '' ? chunk['id'] : this.head.id;
    const created = typeof chunk['created'] === 'number' ? chunk['created'] : this.head.created;
    this.head = { id, created };
    return [{ ...chunk, ...this.envelope(), choices }];
  }

  private own(event: Exclude<ModelEvent, { type: 'vendor' | 'start' }>): Chunk[] {
    switch (event.type) {
      case 'block-start': {
        const toolIndex = this.toolCounts.get(event.choice) ?? 0;
        this.blocks.set(event.block, { choice: event.choice, kind: event.kind, toolIndex });
        const opening = this.open(event.choice, event.kind === 'tool-call');
        if (event.kind !== 'tool-call') return opening;
        this.toolCounts.set(event.choice, toolIndex + 1);
        const call = { index: toolIndex, id: event.callId, type: 'function', function: { name: event.name, arguments: '' } };
        return [...opening, this.delta(event.choice, { tool_calls: [call] })];
      }
      case 'block-delta': {
        const block = this.blocks.get(event.block);
        return block ? [this.delta(block.choice, deltaOf(block, event.text))] : [];
      }
      case 'finish':
        return [...this.open(event.choice, false), this.delta(event.choice, {}, chatFinishReason[event.reason])];
      case 'usage':
        return [];
    }
  }

  private open(choice: number, withCall: boolean): Chunk[] {
    if (this.opened.has(choice)) return [];
    this.opened.add(choice);
    return [this.delta(choice, { role: 'assistant', content: withCall ? null : '' })];
  }

  private delta(index: number, delta: Delta, finishReason: string | null = null): Chunk {
    return { ...this.envelope(), choices: [{ index, delta, finish_reason: finishReason }] };
  }

  private envelope() {
    return { id: this.head.id, object: 'chat.completion.chunk' as const, created: this.head.created, model: this.identity.model };
  }
}

function deltaOf(block: { kind: string; toolIndex: number }, text: string): Delta {
  switch (block.kind) {
    case 'tool-call':
      return { tool_calls: [{ index: block.toolIndex, function: { arguments: text } }] };
    case 'refusal':
      return { refusal: text };
    case 'reasoning':
      return { reasoning_content: text };
    default:
      return { content: text };
  }
}
