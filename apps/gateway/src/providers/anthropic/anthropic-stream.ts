import { AppError } from '@faas/errors';
import type { FinishReason, ModelEvent } from '../model-events';
import { anthropicFinish, anthropicTokens } from './anthropic-answer';
import { anthropicEvent, type AnthropicBlock, type AnthropicEvent, type AnthropicUsage } from './anthropic-wire';

interface OpenBlock {
  readonly block: number;
  readonly isCall: boolean;
  started: boolean;
  written: boolean;
}

/** Reads Anthropic's named events as ours. A pure reducer apart from the time of creation, which Anthropic does not send. */
export class AnthropicStreamReader {
  private readonly open = new Map<number, OpenBlock>();
  private usage: AnthropicUsage = {};
  private nextBlock = 0;
  private reason?: FinishReason;
  private stopped = false;

  constructor(private readonly createdAt: number) {}

  get isComplete(): boolean {
    return this.stopped;
  }

  /** @throws AppError for an event that cannot be read, and whatever `onError` makes of an error event. */
  read(json: unknown, onError: (body: unknown) => AppError): ModelEvent[] {
    const parsed = anthropicEvent.safeParse(json);
    if (!parsed.success) throw new AppError('MODEL_STREAM_BROKEN', 'The provider sent a stream event that cannot be read.', { cause: parsed.error });
    const event = parsed.data;
    switch (event.type) {
      case 'error':
        throw onError(event);
      case 'message_start':
        return this.start(event);
      case 'content_block_start':
        return event.content_block ? this.startBlock(event.index ?? 0, event.content_block) : [];
      case 'content_block_delta':
        return this.delta(event);
      case 'content_block_stop':
        return this.stopBlock(event.index ?? 0);
      case 'message_delta':
        this.merge(event.usage);
        if (event.delta?.stop_reason) this.reason = anthropicFinish(event.delta.stop_reason);
        return [{ type: 'usage', tokens: anthropicTokens(this.usage) }];
      case 'message_stop':
        this.stopped = true;
        return [];
      default:
        return [];
    }
  }

  /** @throws AppError MODEL_STREAM_BROKEN when the message has not ended. */
  end(): ModelEvent[] {
    if (!this.stopped || !this.reason) throw new AppError('MODEL_STREAM_BROKEN', "The provider's stream ended before the answer was complete.");
    return [{ type: 'finish', choice: 0, reason: this.reason }];
  }

  private start({ message }: AnthropicEvent): ModelEvent[] {
    if (!message) return [];
    this.merge(message.usage);
    return [
      { type: 'start', id: message.id, createdAt: this.createdAt },
      { type: 'usage', tokens: anthropicTokens(this.usage) },
    ];
  }

  private startBlock(index: number, content: AnthropicBlock): ModelEvent[] {
    const isCall = content.type === 'tool_use';
    if (!isCall && content.type !== 'text' && content.type !== 'thinking') return [];
    const open: OpenBlock = { block: this.nextBlock++, isCall, started: isCall, written: false };
    this.open.set(index, open);
    if (isCall) return [{ type: 'block-start', block: open.block, choice: 0, kind: 'tool-call', callId: content.id ?? '', name: content.name ?? '' }];
    return this.write(open, content.type === 'thinking' ? 'reasoning' : 'text', content.text ?? content.thinking);
  }

  private delta({ index, delta }: AnthropicEvent): ModelEvent[] {
    const open = this.open.get(index ?? 0);
    if (!open || !delta) return [];
    if (open.isCall) return this.write(open, 'text', delta.partial_json);
    return this.write(open, delta.type === 'thinking_delta' ? 'reasoning' : 'text', delta.text ?? delta.thinking);
  }

  /** A text block begins with its first text: empty blocks are not in the buffered answer either. */
  private write(open: OpenBlock, kind: 'text' | 'reasoning', text: string | null | undefined): ModelEvent[] {
    if (!text) return [];
    const events: ModelEvent[] = open.started ? [] : [{ type: 'block-start', block: open.block, choice: 0, kind }];
    open.started = true;
    open.written = true;
    return [...events, { type: 'block-delta', block: open.block, text }];
  }

  /** A call without arguments sends no JSON at all; in the buffered answer it has `{}`. */
  private stopBlock(index: number): ModelEvent[] {
    const open = this.open.get(index);
    return open?.isCall && !open.written ? [{ type: 'block-delta', block: open.block, text: '{}' }] : [];
  }

  /** Counts are cumulative and later events omit some: what is absent stays. */
  private merge(usage: AnthropicUsage | null | undefined): void {
    const present = Object.entries(usage ?? {}).filter(([, value]) => value !== null && value !== undefined);
    this.usage = { ...this.usage, ...Object.fromEntries(present) };
  }
}
