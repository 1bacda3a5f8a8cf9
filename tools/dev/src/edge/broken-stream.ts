import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { requestIdOf } from './error-answer';

/** Whether a frame can be added: not to an answer whose length was announced. */
export function isEventStream({ headers }: IncomingMessage): boolean {
  return /^text\/event-stream\b/i.test(headers['content-type'] ?? '') && headers['content-length'] === undefined;
}

/** The answer as it is; when it breaks off, a blank line that closes a half frame, then one that says what happened. */
export async function* withLastFrame(answer: IncomingMessage, request: IncomingMessage, service: string): AsyncGenerator<Buffer | string> {
  try {
    for await (const chunk of answer) yield chunk as Buffer;
  } catch {
    // The cause is always the same: the connection ended before the answer did.
    const requestId = requestIdOf(answer.headers) ?? requestIdOf(request.headers) ?? randomUUID();
    yield `\n\n${lastFrame(request.url ?? '', `The ${service} service ended in the middle of the answer. Try again in a few seconds.`, requestId)}\n\n`;
  }
}

function lastFrame(path: string, message: string, requestId: string): string {
  const code = 'SERVICE_UNAVAILABLE';
  // Clients of OpenAI's protocol know no event names.
  if (path.startsWith('/api/v1/gateway/v1/')) return `data: ${JSON.stringify({ error: { message, type: 'server_error', param: null, code, faas: { code, requestId } } })}`;
  return `event: error\ndata: ${JSON.stringify({ error: { code, message, requestId } })}`;
}
