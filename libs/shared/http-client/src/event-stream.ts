import { AppError } from '@faas/errors';
import { createParser, type ParseError } from 'eventsource-parser';

export interface ServerSentEvent {
  readonly event?: string;
  readonly data: string;
  readonly id?: string;
}

export interface EventStreamOptions {
  /** Name of the sender in errors. */
  readonly name: string;
  /** Longest event in characters. Default 4 Mi. */
  readonly maxEventCharacters?: number;
  /** The event that ends the stream. It is yielded too; a stream that ends without one is UPSTREAM_FAILED (retryable). */
  readonly until?: (event: ServerSentEvent) => boolean;
}

/**
 * Reads server-sent events from a body, however its bytes are cut into chunks. Comments and unknown fields are skipped.
 *
 * @throws AppError UPSTREAM_FAILED for an event over the limit, or an end before `until`.
 */
export async function* readEventStream(body: AsyncIterable<Uint8Array>, options: EventStreamOptions): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const ready: ServerSentEvent[] = [];
  let overflow: ParseError | undefined;
  const parser = createParser({
    maxBufferSize: options.maxEventCharacters ?? 4 * 1024 * 1024,
    onEvent: (event) => ready.push(event),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') overflow = error;
    },
  });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const event of ready.splice(0)) {
      yield event;
      if (options.until?.(event)) return;
    }
    if (overflow) throw new AppError('UPSTREAM_FAILED', `${options.name} sent an event that is too long.`, { cause: overflow, details: { service: options.name }, retryable: false });
  }
  if (options.until) throw new AppError('UPSTREAM_FAILED', `The stream of ${options.name} ended before its last event.`, { details: { service: options.name } });
}
