import type { Passage, TokenUsage } from '@faas/rag-contract';

export interface AnswerRequest {
  readonly question: string;
  readonly passages: readonly Passage[];
  /** `provider/model`; undefined: the gateway's default. */
  readonly model?: string;
}

export type AnswerEvent =
  | { readonly type: 'started'; readonly model: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'finished'; readonly truncated: boolean; readonly usage: TokenUsage };

/**
 * Writes an answer from passages, with `[n]` markers.
 *
 * Promise: `started` first, then text, `finished` last; ends when the current request does. Errors: AppError of the model's
 * provider or SERVICE_UNAVAILABLE, also in the middle. Deadline: the current request's.
 */
export abstract class AnswerModel {
  abstract answer(request: AnswerRequest): AsyncIterable<AnswerEvent>;
}
