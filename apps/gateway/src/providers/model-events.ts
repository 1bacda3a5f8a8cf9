import { AppError } from '@faas/errors';
import type { VendorBody } from './model-request';
import type { TokenUsage } from './token-usage';

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter';

export type TextKind = 'text' | 'reasoning' | 'refusal';

/**
 * What a model says, piece by piece. Blocks have stable ids: a delta names its block, so parallel tool calls and text may
 * interleave; two blocks of the same kind of text do not. `vendor` carries the upstream's own chunk ahead of the events read from it.
 */
export type ModelEvent =
  | { readonly type: 'start'; readonly id: string; readonly createdAt: number }
  | { readonly type: 'block-start'; readonly block: number; readonly choice: number; readonly kind: TextKind }
  | { readonly type: 'block-start'; readonly block: number; readonly choice: number; readonly kind: 'tool-call'; readonly callId: string; readonly name: string }
  | { readonly type: 'block-delta'; readonly block: number; readonly text: string }
  | { readonly type: 'usage'; readonly tokens: TokenUsage }
  | { readonly type: 'finish'; readonly choice: number; readonly reason: FinishReason }
  | ({ readonly type: 'vendor' } & VendorBody);

export type Block = { readonly kind: TextKind; readonly text: string } | { readonly kind: 'tool-call'; readonly callId: string; readonly name: string; readonly arguments: string };

export interface Choice {
  readonly blocks: readonly Block[];
  readonly finishReason: FinishReason;
}

export interface ModelAnswer {
  /** The upstream's id of the answer. */
  readonly id: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly choices: readonly Choice[];
  /** Absent when the upstream reported none. */
  readonly tokens?: TokenUsage;
  readonly vendor?: VendorBody;
}

type OpenBlock = { choice: number; kind: TextKind; text: string } | { choice: number; kind: 'tool-call'; callId: string; name: string; text: string };

/** Folds a stream's events into the answer that a buffered call would have given. */
export class AnswerCollector {
  private head?: { id: string; createdAt: number };
  private readonly blocks = new Map<number, OpenBlock>();
  private readonly reasons = new Map<number, FinishReason>();
  private usage?: TokenUsage;
  private characters = 0;

  add(event: ModelEvent): void {
    switch (event.type) {
      case 'start':
        this.head = { id: event.id, createdAt: event.createdAt };
        return;
      case 'block-start':
        this.blocks.set(event.block, { ...event, text: '' });
        if (event.kind === 'tool-call') this.characters += event.name.length;
        return;
      case 'block-delta':
        this.characters += event.text.length;
        this.append(event.block, event.text);
        return;
      case 'usage':
        this.usage = event.tokens;
        return;
      case 'finish':
        this.reasons.set(event.choice, event.reason);
        return;
      case 'vendor':
        return;
    }
  }

  get tokens(): TokenUsage | undefined {
    return this.usage;
  }

  /** Characters of output so far. */
  get outputCharacters(): number {
    return this.characters;
  }

  get finishReasons(): readonly FinishReason[] {
    return [...this.reasons.values()];
  }

  /** @throws AppError MODEL_STREAM_BROKEN when the stream had no end. */
  answer(): ModelAnswer {
    if (!this.head || this.reasons.size === 0) throw new AppError('MODEL_STREAM_BROKEN', "The provider's stream ended before its end.");
    const choices = [...this.reasons].sort(([a], [b]) => a - b).map(([choice, finishReason]) => ({ blocks: this.blocksOf(choice), finishReason }));
    return { ...this.head, choices, ...(this.usage ? { tokens: this.usage } : {}) };
  }

  private append(block: number, text: string): void {
    const open = this.blocks.get(block);
    if (!open) throw new AppError('INTERNAL', `An adapter sent a delta for block ${block} before its start.`);
    open.text += text;
  }

  private blocksOf(choice: number): Block[] {
    return [...this.blocks.values()]
      .filter((block) => block.choice === choice)
      .map((block) => (block.kind === 'tool-call' ? { kind: block.kind, callId: block.callId, name: block.name, arguments: block.text } : { kind: block.kind, text: block.text }));
  }
}

export async function collect(events: AsyncIterable<ModelEvent> | Iterable<ModelEvent>): Promise<ModelAnswer> {
  const collector = new AnswerCollector();
  for await (const event of events) collector.add(event);
  return collector.answer();
}

/** Whether an event is output that the caller may already have seen: after it, a call is never repeated. */
export function isOutput(event: ModelEvent): boolean {
  return event.type === 'block-start' || event.type === 'block-delta' || event.type === 'finish';
}
