import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '@faas/errors';

/** Writes the native error body of docs/api.md, or cuts the connection when an answer has already begun. */
export function answerWithError(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const requestId = requestIdOf(request.headers) ?? randomUUID();
  const body = JSON.stringify({ error: { code: error.code, message: error.message, requestId } });
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), 'x-request-id': requestId };
  const closing = request.complete ? {} : { connection: 'close' };
  response.writeHead(error.status, { ...headers, ...closing }).end(body);
  // What the caller still sends is read and dropped: closing at once could reset the connection before the answer is read.
  request.resume();
}

/** Undefined when the message carries none. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
