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
  | { readonly type: 'tool-call.started'; readonly step: number; readonly callId: string; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly type: 'tool-call.finished'; readonly step: number; readonly callId: string; readonly status: ToolCallStatus; readonly content: string }
  | { readonly type: 'answered'; readonly text: string; readonly passages: readonly Passage[] };

export type ToolCallStatus = 'succeeded' | 'rejected' | 'failed';
