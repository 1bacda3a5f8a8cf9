import type { Passage } from '@faas/rag-contract';
import type { ModelToolCall, TokenUsage } from './language-model.port';

/**
 * What the loop does, one thing at a time. It waits at each step until the reader asks for the next, so a reader that
 * writes a step down before it goes on has the intent on record before the effect.
 */
export type LoopStep =
  | { readonly type: 'model-call.started'; readonly step: number }
  | { readonly type: 'delta'; readonly text: string }
  | {
      readonly type: 'model-call.finished';
      readonly step: number;
      readonly model: string;
      readonly usage: TokenUsage;
      readonly text: string;
      readonly toolCalls: readonly ModelToolCall[];
    }
  | { readonly type: 'tool-calls.started'; readonly step: number; readonly calls: readonly StartedToolCall[] }
  | { readonly type: 'tool-calls.finished'; readonly step: number; readonly outcomes: readonly ToolOutcome[] }
  | { readonly type: 'answered'; readonly text: string; readonly passages: readonly Passage[] };

export interface StartedToolCall {
  readonly callId: string;
  readonly name: string;
  /** Empty when they were refused. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ToolOutcome {
  readonly callId: string;
  /** `rejected`: not executed, the arguments were wrong. `failed`: executed without success; the model is told. */
  readonly status: 'succeeded' | 'rejected' | 'failed';
  /** What the model reads: JSON. */
  readonly content: string;
}
