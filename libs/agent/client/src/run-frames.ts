import { endsRun, runFrame, type RunFrame } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import { errorFromBody, type HttpClient, type HttpRequest, type ServerSentEvent } from '@faas/http-client';

/** A frame and its position in the run's log. */
export type ReceivedFrame = Exclude<RunFrame, { event: 'error' }> & { readonly id?: number };

/** Marks an error frame: the run failed, whatever the connection does. */
const ENDED = Symbol('the run ended');

/**
 * Reads a stream of frames to its end. Frames of types that this version does not know are skipped.
 *
 * @throws AppError the error of the last frame, UPSTREAM_FAILED for a stream that breaks off or is not readable.
 */
export async function* readRunFrames(http: HttpClient, request: HttpRequest): AsyncGenerator<ReceivedFrame> {
  const headers = { ...request.headers, accept: 'text/event-stream' };
  for await (const event of http.events({ ...request, headers }, { until: ({ event: type }) => endsRun(type ?? '') })) {
    const frame = parseFrame(event, http.name);
    if (!frame) continue;
    if (frame.event === 'error') throw Object.assign(errorFromBody(frame.data, { name: http.name }), { [ENDED]: true });
    yield { ...frame, ...(event.id === undefined ? {} : { id: Number(event.id) }) };
  }
}

/** Whether the error came as the last frame of the run. */
export function endedRun(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ENDED in error;
}

function parseFrame({ event, data }: ServerSentEvent, name: string): RunFrame | undefined {
  const known = runFrame.options.some(({ shape }) => shape.event.value === event);
  if (!known) return undefined;
  const parsed = runFrame.safeParse({ event, data: parseJson(data) });
  if (parsed.success) return parsed.data;
  throw new AppError('UPSTREAM_FAILED', `${name} sent a frame "${event}" that is not readable.`, { details: { service: name, event }, retryable: false });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
