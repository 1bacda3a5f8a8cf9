import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Transform } from 'node:stream';
import { AppError } from '@faas/errors';
import { isEventStream, withLastFrame } from './broken-stream';
import { answerWithError } from './error-answer';
import { forwardedRequestHeaders, forwardedResponseHeaders } from './headers';

export interface Upstream {
  readonly name: string;
  readonly port: number;
}

/**
 * Passes one exchange through: bodies stream both ways with backpressure, and a caller who goes away ends the call to
 * the service. No time-out here: a stream may last as long as the service wants.
 *
 * Each exchange has its own connection to the service: on loopback that costs 0.1 ms, and a connection kept alive
 * could be one that a restarted service no longer knows. It is asked to stay open all the same, and closed from here: a
 * service that closes it after an early answer would reset it, with the answer still under way.
 */
export function forward(request: IncomingMessage, response: ServerResponse, upstream: Upstream, maxBodyBytes: number): void {
  const tooLarge = new AppError('REQUEST_TOO_LARGE', `The request body is over ${maxBodyBytes} bytes (MAX_BODY_BYTES).`);
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return answerWithError(request, response, tooLarge);

  const call = httpRequest({
    host: '127.0.0.1',
    port: upstream.port,
    method: request.method,
    path: request.url,
    headers: forwardedRequestHeaders(request.headers),
    setHost: false,
    agent: false,
  });
  response.on('close', () => {
    if (!response.writableFinished) call.destroy();
  });
  let answered = false;
  call.on('response', (answer) => {
    answered = true;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, forwardedResponseHeaders(answer));
    response.flushHeaders();
    // A service that breaks off must not look like a finished answer: an event stream gets a last frame that says so, for
    // anything else pipeline destroys the caller's connection.
    pipeline(isEventStream(answer) ? withLastFrame(answer, request, upstream.name) : answer, response, () => {
      request.unpipe();
      request.resume();
      call.destroy();
    });
  });
  call.on('error', (error) => {
    // A service may answer before it has read the whole body and then hang up: the answer counts, not the broken upload.
    if (answered || response.destroyed) return;
    answerWithError(request, response, AppError.is(error) ? error : unavailable(upstream, error));
  });
  // Not a pipeline: that would destroy the caller's connection, on which the refusal still has to travel.
  const limit = limited(maxBodyBytes, tooLarge).on('error', (error) => {
    request.unpipe(limit);
    call.destroy(error);
  });
  request.pipe(limit).pipe(call);
}

function limited(maxBytes: number, tooLarge: AppError): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge);
      else done(null, chunk);
    },
  });
}

function unavailable({ name, port }: Upstream, cause: Error): AppError {
  const refused = 'code' in cause && cause.code === 'ECONNREFUSED';
  const what = refused ? `does not answer on port ${port}` : 'ended before it answered';
  return new AppError('SERVICE_UNAVAILABLE', `The ${name} service ${what}. Try again in a few seconds.`, { cause });
}
