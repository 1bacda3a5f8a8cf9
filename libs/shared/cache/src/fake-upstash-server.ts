import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

type Answer = { result: unknown } | { error: string };

const commands = z.array(z.array(z.string()));

/**
 * For tests: the Upstash REST protocol over real HTTP, backed by a map. Knows the commands GET, SET with PX, DEL and PING; a single command at `/`, several at
 * `/pipeline`.
 */
export class FakeUpstashServer {
  /** Answered instead of the next requests: an outage, a proxy's page. */
  readonly failures: { status: number; body: string }[] = [];
  /** Answers only after this time. */
  delayMs = 0;
  private readonly entries = new Map<string, Entry>();

  private constructor(
    private readonly server: Server,
    private readonly token: string,
  ) {}

  static async start(token: string): Promise<FakeUpstashServer> {
    const server = createServer();
    const fake = new FakeUpstashServer(server, token);
    server.on('request', (request, response) => {
      void fake.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const failure = this.failures.shift();
    if (failure) return failure;
    if (request.headers.authorization !== `Bearer ${this.token}`) return json(401, { error: 'WRONGPASS invalid or missing auth token' });
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (request.method !== 'POST') return json(405, { error: 'ERR use POST' });
    if (request.url === '/pipeline') return json(200, commands.parse(body).map((command) => this.run(command)));
    const answer = this.run(commands.parse([body])[0] ?? []);
    return json('error' in answer ? 400 : 200, answer);
  }

  private run([name, key = '', ...rest]: string[]): Answer {
    switch (name?.toUpperCase()) {
      case 'PING':
        return { result: 'PONG' };
      case 'GET':
        return { result: this.live(key)?.value ?? null };
      case 'SET': {
        const [value = '', option, ttlMs] = rest;
        if (option !== 'PX' || !/^[1-9]\d*$/.test(ttlMs ?? '')) return { error: 'ERR syntax error' };
        this.entries.set(key, { value, expiresAt: Date.now() + Number(ttlMs) });
        return { result: 'OK' };
      }
      case 'DEL':
        return { result: this.entries.delete(key) ? 1 : 0 };
      default:
        return { error: `ERR unknown command '${name}'` };
    }
  }

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > Date.now() ? entry : undefined;
  }
}

function json(status: number, body: unknown): { status: number; body: string } {
  return { status, body: JSON.stringify(body) };
}
