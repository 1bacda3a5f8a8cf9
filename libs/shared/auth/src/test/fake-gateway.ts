import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The gateway's two open routes over real HTTP; anything else is 404. */
export class FakeGateway {
  readonly answers = new Map<string, { body: unknown; etag?: string }>();
  readonly requests: { path: string; etag?: string; status: number }[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));
  private port = 0;

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The second start takes the same port again. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  reset(): void {
    this.answers.clear();
    this.requests.length = 0;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const answer = this.answers.get(path);
    const etag = request.headers['if-none-match'];
    const status = !answer ? 404 : answer.etag !== undefined && answer.etag === etag ? 304 : 200;
    this.requests.push({ path, ...(etag ? { etag } : {}), status });
    response.writeHead(status, { 'content-type': 'application/json', ...(answer?.etag ? { etag: answer.etag } : {}) });
    response.end(status === 200 ? JSON.stringify(answer?.body) : undefined);
  }
}
