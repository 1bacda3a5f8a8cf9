import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequestBody {
  readonly model?: string;
  readonly messages: readonly { role: string; content: string | null; tool_calls?: unknown[] }[];
  readonly tools?: readonly { function: { name: string } }[];
  readonly tool_choice?: string;
}

/** What an answer can do on the wire. */
export interface AnswerWriter {
  text(piece: string): void;
  call(name: string, args: string): void;
  /** The head and nothing more until the caller leaves. */
  hang(): Promise<void>;
  fail(status: number, code: string, message: string): void;
}

export type AnswerScript = (body: ChatRequestBody, answer: AnswerWriter) => void | Promise<void>;

export const MODEL = 'fake/model';

/** The gateway's chat completions over real HTTP. Without a script it searches once and then quotes the first passage. */
export class FakeGateway {
  readonly requests: { body: ChatRequestBody; headers: IncomingMessage['headers'] }[] = [];
  private script: AnswerScript | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeGateway> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeGateway(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      fake.handle(request, response).catch((error: Error) => response.destroy(error));
    });
    return fake;
  }

  answerWith(script: AnswerScript): void {
    this.script = script;
  }

  reset(): void {
    this.script = undefined;
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readJson(request)) as ChatRequestBody;
    if (request.url !== '/api/v1/gateway/v1/chat/completions') return respond(response, 404, { error: { code: 'ROUTE_NOT_FOUND', message: String(request.url), requestId: 'fake' } });
    this.requests.push({ body, headers: request.headers });
    const wire = new Wire(response);
    await (this.script ?? searchThenQuote)(body, wire);
    wire.end();
  }
}

/** As the built-in extractive model: deterministic, so that specs can tell what it says. */
export const searchThenQuote: AnswerScript = (body, answer) => {
  const last = body.messages.at(-1);
  if (last?.role === 'user' && body.tools?.[0] && body.tool_choice === 'auto') return answer.call(body.tools[0].function.name, JSON.stringify({ query: last.content }));
  if (last?.role !== 'tool') return answer.text(`You said: ${last?.content}`);
  const { passages = [] } = JSON.parse(last.content ?? '{}') as { passages?: { number: number; text: string }[] };
  const [first] = passages;
  if (!first) return answer.text('The collection does not answer this.');
  for (const word of `${first.text} [${first.number}]`.split(/(?<= )/)) answer.text(word);
};

class Wire implements AnswerWriter {
  private calls = 0;

  constructor(private readonly response: ServerResponse) {}

  text(piece: string): void {
    this.send({ choices: [{ index: 0, delta: { content: piece } }] });
  }

  call(name: string, args: string): void {
    this.send({ choices: [{ index: 0, delta: { tool_calls: [{ index: this.calls++, id: 'call_0', type: 'function', function: { name, arguments: args } }] } }] });
  }

  async hang(): Promise<void> {
    this.open();
    this.response.flushHeaders();
    if (!this.response.closed) await once(this.response, 'close');
  }

  fail(status: number, code: string, message: string): void {
    respond(this.response, status, { error: { message, type: 'error', param: null, code, faas: { code, requestId: 'fake' } } });
  }

  end(): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.send({ choices: [{ index: 0, delta: {}, finish_reason: this.calls > 0 ? 'tool_calls' : 'stop' }] });
    this.send({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });
    this.response.end('data: [DONE]\n\n');
  }

  private send(fields: Record<string, unknown>): void {
    this.open();
    this.response.write(`data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: MODEL, ...fields })}\n\n`);
  }

  private open(): void {
    if (!this.response.headersSent) this.response.writeHead(200, { 'content-type': 'text/event-stream' });
  }
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

export function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
