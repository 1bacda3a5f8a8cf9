import type { chatCompletionRequest, embeddingRequest, keyRequest } from '@faas/gateway-contract';
import type * as z from 'zod';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Makes a POST safe to repeat for 24 h. */
  readonly idempotencyKey?: string;
}

/** `stream` is decided by the method that is called. */
export type ChatInput = Omit<z.input<typeof chatCompletionRequest>, 'stream'>;
export type EmbeddingInput = Omit<z.input<typeof embeddingRequest>, 'encoding_format'>;
export type NewKey = z.input<typeof keyRequest>;
