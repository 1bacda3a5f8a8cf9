import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkLocalOrigin } from '@faas/auth';
import { AppError } from '@faas/errors';
import { services, type ServiceName } from '../services';
import { answerWithError } from './error-answer';
import { forward } from './forward';
import { serviceOfPath } from './routing';

export interface EdgeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly upstreams: Readonly<Record<ServiceName, number>>;
  readonly maxBodyBytes: number;
}

export interface Edge {
  readonly port: number;
  /** Ends at once, open streams included. */
  close(): Promise<void>;
}

/**
 * The local stand-in for API Gateway: one address in front of the three services, on loopback only.
 *
 * @throws the listen error (EADDRINUSE, …) when the port cannot be had.
 */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const handle = (request: IncomingMessage, response: ServerResponse) => route(request, response, options);
  const server = await listen(handle, '127.0.0.1', options.port);
  const { port } = server.address() as AddressInfo;
  // `localhost` means ::1 first on many systems; a machine without IPv6 does without.
  const sixth = await listen(handle, '::1', port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT' || error.code === 'EINVAL') return undefined;
    server.close();
    throw error;
  });
  const servers = sixth ? [server, sixth] : [server];
  return { port, close: async () => void (await Promise.all(servers.map(close))) };
}

function route(request: IncomingMessage, response: ServerResponse, { upstreams, maxBodyBytes }: EdgeOptions): void {
  try {
    checkLocalOrigin(request.headers);
    const name = serviceOfPath(request.url ?? '/');
    if (!name) throw new AppError('ROUTE_NOT_FOUND', `No service has this path. Paths begin with ${services.map(({ prefix }) => prefix).join(', ')}.`);
    forward(request, response, { name, port: upstreams[name] }, maxBodyBytes);
  } catch (error) {
    answerWithError(request, response, AppError.is(error) ? error : new AppError('INTERNAL', 'The local edge failed.', { cause: error }));
  }
}

function listen(handle: (request: IncomingMessage, response: ServerResponse) => void, host: string, port: number): Promise<Server> {
  // An upload may take long; only the head of a request has a deadline.
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 }, handle);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server.off('error', reject)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
