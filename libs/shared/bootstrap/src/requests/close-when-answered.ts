import type { INestApplication } from '@nestjs/common';
import type { Server, ServerResponse } from 'node:http';

/**
 * Closes the application once what is open was answered. Node's server.close() also waits for connections that were opened
 * in advance and never carried a request, as fetch does after an abort: those are closed with the last answer.
 */
export function closeWhenAnswered(app: INestApplication): () => Promise<void> {
  const server = app.getHttpServer() as Server;
  let open = 0;
  let whenNoneIsOpen: (() => void) | undefined;
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      if (open === 0) whenNoneIsOpen?.();
    });
  });
  return async () => {
    const closed = app.close();
    whenNoneIsOpen = () => server.closeAllConnections();
    if (open === 0) whenNoneIsOpen();
    await closed;
  };
}
