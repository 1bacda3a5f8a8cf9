export interface FakeToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, sent as it is. */
  readonly arguments: string;
}

/** Token counts in the disjoint classes; the fake adds them up the way each protocol reports them. */
export interface FakeUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

/** A complete answer. `pieces` cuts the text and each tool call's arguments; `cut` cuts the bytes on the wire. */
export interface FakeAnswer {
  readonly kind: 'answer';
  readonly text?: string;
  readonly toolCalls?: readonly FakeToolCall[];
  /** `stop`, `length`, `tool_calls` or `content_filter`; default: what the content implies. */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** `null`: no usage is reported. */
  readonly usage?: FakeUsage | null;
  /** Characters per delta, used in turn. Default: 7. */
  readonly pieces?: readonly number[];
  /** Bytes per write on the wire, used in turn. Default: one event per write. */
  readonly cut?: readonly number[];
  /** Pause before every write, in milliseconds. */
  readonly pauseMs?: number;
  /** Fields added to the OpenAI answer and to each of its chunks. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface FakeError {
  readonly kind: 'error';
  readonly status: number;
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
  /** Seconds or an HTTP date, sent as Retry-After. */
  readonly retryAfter?: string;
  /** Replaces the whole body; a string is sent as text/html. */
  readonly body?: unknown;
}

/** Accepts the request and never answers (`before-head`) or never goes on after the response head or the first output. */
export interface FakeHang {
  readonly kind: 'hang';
  readonly when?: 'before-head' | 'after-head' | 'after-first-output';
}

/** A stream that breaks after some events: the connection is reset, ends cleanly, or an error event comes. */
export interface FakeBrokenStream {
  readonly kind: 'broken-stream';
  readonly text: string;
  /** Text deltas that still arrive. */
  readonly deltas: number;
  readonly how: 'reset' | 'clean-end' | 'error-event';
}

export type FakeReply = FakeAnswer | FakeError | FakeHang | FakeBrokenStream;

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Resolves when the caller closed the connection before the answer was complete. */
  readonly aborted: Promise<void>;
}
