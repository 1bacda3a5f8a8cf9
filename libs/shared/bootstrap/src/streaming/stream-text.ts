import type { StreamFrame } from '@faas/api';
import type { EventStream } from './event-stream';

/** Below API Gateway's shortest idle time-out and most proxies'. */
export const HEARTBEAT_MS = 15_000;
const HEARTBEAT = Symbol('heartbeat');

export interface StreamTextOptions {
  readonly heartbeatMs?: number;
  /** Ends the stream: the caller went away or the deadline passed. */
  readonly signal?: AbortSignal;
  /** Body of the last frame when the frames fail. */
  readonly renderError: (error: unknown) => unknown;
}

/**
 * The text of a stream, frame by frame. `first` is the frame that was awaited before the head was sent. A comment goes out
 * when nothing else did for `heartbeatMs`. Asks for the next frame only when the one before was taken: backpressure reaches
 * the source. The source is closed on every way out.
 */
export async function* streamText(stream: EventStream, iterator: AsyncIterator<unknown>, first: IteratorResult<unknown>, options: StreamTextOptions): AsyncGenerator<string> {
  let id = stream.options.firstId ?? 1;
  const write = (frame: unknown) => (stream.protocol === 'native' ? nativeFrame(id++, frame as StreamFrame) : openaiFrame(frame));
  const { cancelled, dispose } = abortion(options.signal);
  const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  let result = first;
  try {
    while (!result.done) {
      yield write(result.value);
      const next = iterator.next();
      // When the abort wins the race, a later failure of the source must not go unhandled.
      next.catch(() => undefined);
      const arrival = Promise.race([next, cancelled]);
      let outcome = await withHeartbeat(arrival, heartbeatMs);
      while (outcome === HEARTBEAT) {
        yield ': keep-alive\n\n';
        outcome = await withHeartbeat(arrival, heartbeatMs);
      }
      result = outcome;
    }
    if (stream.protocol === 'openai') yield 'data: [DONE]\n\n';
  } catch (error) {
    const body = options.renderError(error);
    yield stream.protocol === 'native' ? nativeFrame(id, { event: 'error', data: body }) : openaiFrame(body);
  } finally {
    dispose();
    // Not awaited: a generator that hangs in its own await would keep the response open.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function nativeFrame(id: number, frame: StreamFrame): string {
  return `id: ${id}\nevent: ${frame.event}\ndata: ${JSON.stringify(frame.data)}\n\n`;
}

function openaiFrame(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** A promise that rejects when the signal fires, and the way to let go of it. */
function abortion(signal: AbortSignal | undefined): { cancelled: Promise<never>; dispose: () => void } {
  let onAbort: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
  cancelled.catch(() => undefined);
  return { cancelled, dispose: () => signal?.removeEventListener('abort', onAbort) };
}

async function withHeartbeat<T>(pending: Promise<T>, afterMs: number): Promise<T | typeof HEARTBEAT> {
  let timer: NodeJS.Timeout | undefined;
  const beat = new Promise<typeof HEARTBEAT>((resolve) => {
    timer = setTimeout(() => resolve(HEARTBEAT), afterMs);
  });
  try {
    return await Promise.race([pending, beat]);
  } finally {
    clearTimeout(timer);
  }
}
