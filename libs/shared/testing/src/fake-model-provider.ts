import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anthropicBody, anthropicFrames, cutBytes, fakeVector, openAiBody, openAiFrames } from './fake-model-provider-frames';
import type { FakeAnswer, FakeBrokenStream, FakeError, FakeReply, RecordedRequest } from './fake-model-provider.types';

type Protocol = 'openai' | 'anthropic';
type Body = Record<string, unknown>;

const MAX_BODY = 32 * 1024 * 1024;

/**
 * A model provider over real HTTP that speaks OpenAI's and Anthropic's protocol.
 *
 * Replies are taken from a script in order; with an empty script it answers `echo: <last user text>`.
 * OpenAI clients use `${url}/v1`, Anthropic clients `url`.
 *
 * @example
 * const upstream = await FakeModelProvider.start();
 * upstream.script({ kind: 'error', status: 429, retryAfter: '1' }, { kind: 'answer', text: 'Hello.' });
 * await upstream.close();
 */
export class FakeModelProvider {
  readonly requests: RecordedRequest[] = [];
  models = ['fake-chat', 'fake-embed'];
  dimensions = 8;
  private replies: FakeReply[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeModelProvider> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeModelProvider(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      fake.handle(request, response).catch((error: Error) => response.destroy(error));
    });
    return fake;
  }

  script(...replies: FakeReply[]): void {
    this.replies.push(...replies);
  }

  /** Forgets requests and unused replies. */
  reset(): void {
    this.requests.length = 0;
    this.replies = [];
  }

  get lastRequest(): RecordedRequest {
    const last = this.requests.at(-1);
    if (!last) throw new Error('The fake model provider was not called.');
    return last;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const body = await readBody(request);
    const aborted = new Promise<void>((resolve) => response.once('close', () => { if (!response.writableFinished) resolve(); }));
    this.requests.push({ method: request.method ?? '', path, headers: flat(request), body, aborted });
    if (path === '/v1/models') return sendJson(response, 200, this.modelList(request.headers['anthropic-version'] !== undefined));
    if (path === '/v1/chat/completions') return this.chat('openai', body, response);
    if (path === '/v1/messages') return this.chat('anthropic', body, response);
    if (path === '/v1/embeddings') return this.embed(body, response);
    sendError('openai', response, { kind: 'error', status: 404, message: `No route ${path}.` });
  }

  private modelList(anthropic: boolean) {
    if (anthropic) return { data: this.models.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })), has_more: false };
    return { object: 'list', data: this.models.map((id) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'fake' })) };
  }

  private async chat(protocol: Protocol, body: Body, response: ServerResponse): Promise<void> {
    const reply = this.replies.shift() ?? { kind: 'answer' as const, text: `echo: ${lastUserText(body)}` };
    const model = String(body['model']);
    if (reply.kind === 'error') return sendError(protocol, response, reply);
    if (reply.kind === 'hang') return this.hang(protocol, model, reply.when ?? 'before-head', response);
    if (reply.kind === 'broken-stream') return this.breakStream(protocol, model, reply, response);
    if (body['stream'] !== true) {
      if (reply.pauseMs) await sleep(reply.pauseMs);
      return sendJson(response, 200, protocol === 'openai' ? openAiBody(reply, model) : anthropicBody(reply, model));
    }
    const includeUsage = (body['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
    await writeStream(response, frames(protocol, reply, model, includeUsage), reply);
    response.end();
  }

  private hang(protocol: Protocol, model: string, when: string, response: ServerResponse): void {
    if (when === 'before-head') return;
    startStream(response);
    if (when === 'after-first-output') for (const frame of firstFrames(protocol, model, 'partial answer', 1)) response.write(frame);
  }

  private breakStream(protocol: Protocol, model: string, reply: FakeBrokenStream, response: ServerResponse): void {
    startStream(response);
    for (const frame of firstFrames(protocol, model, reply.text, reply.deltas)) response.write(frame);
    if (reply.how === 'clean-end') return void response.end();
    if (reply.how === 'reset') return void setTimeout(() => response.destroy(), 20);
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    response.end(protocol === 'openai' ? `data: ${JSON.stringify({ error })}\n\n` : `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`);
  }

  private embed(body: Body, response: ServerResponse): void {
    const reply = this.replies[0]?.kind === 'error' ? this.replies.shift() : undefined;
    if (reply?.kind === 'error') return sendError('openai', response, reply);
    const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']];
    const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : this.dimensions;
    const encode = (vector: number[]) => (body['encoding_format'] === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector);
    const data = inputs.map((input, index) => ({ object: 'embedding', index, embedding: encode(fakeVector(String(input), dimensions)) }));
    const tokens = inputs.reduce<number>((sum, input) => sum + Math.ceil(String(input).length / 4), 0);
    sendJson(response, 200, { object: 'list', model: body['model'], data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  }
}

function frames(protocol: Protocol, answer: FakeAnswer, model: string, includeUsage: boolean): string[] {
  return protocol === 'openai' ? openAiFrames(answer, model, includeUsage) : anthropicFrames(answer, model);
}

/** The frames up to and including the given number of text deltas. */
function firstFrames(protocol: Protocol, model: string, text: string, deltas: number): string[] {
  const before = protocol === 'openai' ? 1 : 3;
  return frames(protocol, { kind: 'answer', text }, model, false).slice(0, before + deltas);
}

async function writeStream(response: ServerResponse, events: readonly string[], { cut, pauseMs }: FakeAnswer): Promise<void> {
  startStream(response);
  const pieces = cut ? cutBytes(Buffer.from(events.join('')), cut) : events;
  for (const piece of pieces) {
    if (pauseMs) await sleep(pauseMs);
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (cut) await new Promise((resolve) => setImmediate(resolve));
  }
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function sendError(protocol: Protocol, response: ServerResponse, reply: FakeError): void {
  const headers: Record<string, string> = reply.retryAfter === undefined ? {} : { 'retry-after': reply.retryAfter };
  if (typeof reply.body === 'string') {
    response.writeHead(reply.status, { 'content-type': 'text/html', ...headers });
    response.end(reply.body);
    return;
  }
  const error = { message: reply.message ?? `Fake error ${reply.status}.`, type: reply.type ?? 'api_error' };
  const body = protocol === 'openai' ? { error: { ...error, param: null, code: reply.code ?? null } } : { type: 'error', error };
  sendJson(response, reply.status, reply.body ?? body, headers);
}

function lastUserText(body: Body): string {
  const messages = (body['messages'] ?? []) as { role: string; content: unknown }[];
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? '').join('') : '';
}

const flat = (request: IncomingMessage) =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));

async function readBody(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new Error('The body is larger than the fake model provider reads.');
    parts.push(part);
  }
  return size === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as Body);
}
