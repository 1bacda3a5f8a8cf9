import { AppError } from '@faas/errors';
import type { ModelEvent, TextKind } from '../model-events';
import { callIdOf, finishReasonOf, tokensOf } from './openai-answer';
import { openAiChunk, type OpenAiChunk, type OpenAiSaid, type OpenAiToolCall } from './openai-wire';

interface ChoiceState {
  readonly textBlocks: Map<TextKind, number>;
  /** Wire index of a tool call → the call that is being written there. */
  readonly calls: Map<number, { block: number; id?: string }>;
  callCount: number;
  reason?: string;
}

/**
 * Reads OpenAI's chunks as events. A pure reducer: the same chunks give the same events.
 *
 * Finish reasons are held back until `end`, since some servers send them ahead of the last content.
 */
export class OpenAiStreamReader {
  private started = false;
  private nextBlock = 0;
  private readonly choices = new Map<number, ChoiceState>();

  /** @throws AppError for a chunk that cannot be read, and whatever `onError` makes of an error chunk. */
  read(json: unknown, onError: (error: unknown) => AppError): ModelEvent[] {
    const parsed = openAiChunk.safeParse(json);
    if (!parsed.success) throw new AppError('MODEL_STREAM_BROKEN', 'The provider sent a stream event that cannot be read.', { cause: parsed.error });
    const chunk = parsed.data;
    if (chunk.error !== undefined && chunk.error !== null) throw onError(chunk);
    return [{ type: 'vendor', protocol: 'openai', body: chunk }, ...this.start(chunk), ...this.content(chunk), ...(chunk.usage ? [{ type: 'usage' as const, tokens: tokensOf(chunk.usage) }] : [])];
  }

  /** @throws AppError MODEL_STREAM_BROKEN when a choice has not finished. */
  end(): ModelEvent[] {
    const open = [...this.choices.values()].some(({ reason }) => reason === undefined);
    if (this.choices.size === 0 || open) throw new AppError('MODEL_STREAM_BROKEN', "The provider's stream ended before the answer was complete.");
    return [...this.choices].map(([choice, { reason, callCount }]) => ({ type: 'finish', choice, reason: finishReasonOf(reason, callCount > 0) }));
  }

  private start(chunk: OpenAiChunk): ModelEvent[] {
    if (this.started) return [];
    this.started = true;
    return [{ type: 'start', id: chunk.id ?? '', createdAt: chunk.created ?? 0 }];
  }

  private content(chunk: OpenAiChunk): ModelEvent[] {
    return (chunk.choices ?? []).flatMap(({ index, delta, finish_reason }) => {
      const choice = index ?? 0;
      const state = this.stateOf(choice);
      if (finish_reason) state.reason = finish_reason;
      return delta ? [...this.text(choice, state, delta), ...(delta.tool_calls ?? []).flatMap((call) => this.call(choice, state, call))] : [];
    });
  }

  private text(choice: number, state: ChoiceState, delta: OpenAiSaid): ModelEvent[] {
    const pieces: [TextKind, string | null | undefined][] = [
      ['reasoning', delta.reasoning_content],
      ['text', delta.content],
      ['refusal', delta.refusal],
    ];
    return pieces.flatMap(([kind, text]): ModelEvent[] => {
      if (!text) return [];
      const known = state.textBlocks.get(kind);
      const block = known ?? this.nextBlock++;
      state.textBlocks.set(kind, block);
      return [...(known === undefined ? [{ type: 'block-start' as const, block, choice, kind }] : []), { type: 'block-delta', block, text }];
    });
  }

  /** A new id at a known index is a new call: some servers put all parallel calls at index 0. */
  private call(choice: number, state: ChoiceState, call: OpenAiToolCall): ModelEvent[] {
    const index = call.index ?? (call.id ? state.callCount : Math.max(0, state.callCount - 1));
    const known = state.calls.get(index);
    const isNew = !known || (Boolean(call.id) && known.id !== undefined && call.id !== known.id);
    const block = isNew ? this.nextBlock++ : known.block;
    const events: ModelEvent[] = [];
    if (isNew) {
      const callId = callIdOf(call.id, choice, state.callCount);
      state.calls.set(index, { block, id: call.id ?? undefined });
      state.callCount += 1;
      events.push({ type: 'block-start', block, choice, kind: 'tool-call', callId, name: call.function?.name ?? '' });
    }
    if (call.function?.arguments) events.push({ type: 'block-delta', block, text: call.function.arguments });
    return events;
  }

  private stateOf(choice: number): ChoiceState {
    const known = this.choices.get(choice);
    if (known) return known;
    const state: ChoiceState = { textBlocks: new Map(), calls: new Map(), callCount: 0 };
    this.choices.set(choice, state);
    return state;
  }
}
