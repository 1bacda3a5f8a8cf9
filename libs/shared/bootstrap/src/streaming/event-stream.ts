import type { StreamFrame } from '@faas/api';

export interface EventStreamOptions {
  /** Extra response headers, for example `x-faas-model-kind`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Number of the first frame; more than 1 when a caller resumes. */
  readonly firstId?: number;
}

/**
 * What a handler returns when the caller asked for a stream. The head is sent with the first frame: an error before it is
 * an ordinary error response, an error after it becomes the last frame.
 *
 * @example
 * return body.stream ? EventStream.native(this.queries.stream(body)) : this.queries.answer(body);
 */
export class EventStream {
  private constructor(
    readonly protocol: 'native' | 'openai',
    readonly frames: AsyncIterable<unknown>,
    readonly options: EventStreamOptions,
  ) {}

  /** Named events with gap-free ids, as docs/api.md describes. */
  static native(frames: AsyncIterable<StreamFrame>, options: EventStreamOptions = {}): EventStream {
    return new EventStream('native', frames, options);
  }

  /** Bare `data:` chunks that end with `[DONE]`, as OpenAI's SDKs read them. */
  static openai(chunks: AsyncIterable<unknown>, options: EventStreamOptions = {}): EventStream {
    return new EventStream('openai', chunks, options);
  }
}
