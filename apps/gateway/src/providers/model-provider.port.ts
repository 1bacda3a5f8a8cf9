import type { ModelAnswer, ModelEvent } from './model-events';
import type { ModelRequest } from './model-request';

export type ProviderKind = 'openai' | 'anthropic' | 'extractive';

export interface CallOptions {
  /** Aborts when nobody waits any longer or a time limit passed; the reason is an AppError. */
  readonly signal: AbortSignal;
}

export interface EmbeddingCall {
  readonly model: string;
  readonly input: readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number;
  readonly endUser?: string;
  /** Fields of the caller's body that this service does not know, for providers of the same protocol. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Embeddings {
  /** One per input, in its order. */
  readonly vectors: readonly (readonly number[])[];
  /** Absent when the upstream reported none. */
  readonly inputTokens?: number;
}

export interface ModelDescription {
  readonly name: string;
  /** Unix seconds; 0 when the provider does not say. */
  readonly createdAt: number;
}

/**
 * One place that models are called at.
 *
 * Promise: `stream` yields the same answer as `complete` would give, in pieces, and ends only after a `finish` for each
 * choice; a stream that breaks off throws, it never just ends. Nothing is retried here. Once the signal fires, the upstream
 * connection is closed. The host comes from the configuration alone.
 *
 * Errors: AppError MODEL_REQUEST_REJECTED, MODEL_CONTEXT_EXCEEDED, MODEL_CONTENT_REFUSED, MODEL_NOT_FOUND,
 * MODEL_CAPABILITY_MISSING, MODEL_PROVIDER_CREDENTIALS_REJECTED, MODEL_PROVIDER_RATE_LIMITED (with retryAfterMs where the
 * provider tells), MODEL_PROVIDER_UNAVAILABLE, MODEL_PROVIDER_TIMEOUT, MODEL_STREAM_BROKEN, or the signal's reason.
 * Idempotence: none; a repeated call is billed again. Deadline: the signal's.
 */
export abstract class ModelProvider {
  /** The part of a model name before the first slash. */
  abstract readonly name: string;
  abstract readonly kind: ProviderKind;
  abstract complete(request: ModelRequest, options: CallOptions): Promise<ModelAnswer>;
  abstract stream(request: ModelRequest, options: CallOptions): AsyncIterable<ModelEvent>;
  abstract embed(call: EmbeddingCall, options: CallOptions): Promise<Embeddings>;
  abstract models(options: CallOptions): Promise<readonly ModelDescription[]>;
}
