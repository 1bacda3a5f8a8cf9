/** A call as the model wrote it: nothing about it is checked yet. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, or what the model took for it. */
  readonly arguments: string;
}

export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls: readonly ModelToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly content: string };

/** A tool as the model sees it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  /** `provider/model`; null takes the gateway's default. */
  readonly model: string | null;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDescription[];
  /** False: the tools are shown, because earlier messages speak of them, but must not be called. */
  readonly mayCallTools: boolean;
  readonly maxOutputTokens?: number;
  readonly signal: AbortSignal;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type ModelChunk =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'end';
      /** The model that answered, `provider/model`. */
      readonly model: string;
      readonly toolCalls: readonly ModelToolCall[];
      /** True when the answer was cut at the limit of output tokens. */
      readonly truncated: boolean;
      /** Zeros when the provider does not report them. */
      readonly usage: TokenUsage;
    };

/**
 * Writes the next turn of a conversation.
 *
 * Promise: any number of `text` chunks as they are written, then exactly one `end`, the last. Not idempotent: each
 * call spends. Errors: AppError of the gateway's catalogue (`MODEL_NOT_FOUND`, `MODEL_PROVIDER_…`),
 * `SERVICE_UNAVAILABLE` when the gateway does not answer. Deadline: that of the request context; ends soon after
 * `signal` aborts.
 */
export abstract class LanguageModel {
  abstract stream(request: ModelRequest): AsyncIterable<ModelChunk>;
}
