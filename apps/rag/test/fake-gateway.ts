import type { ChatCompletionChunk, ChatCompletionRequest, EmbeddingRequest } from '@faas/gateway-contract';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const MODEL = 'fake/writer';

interface FakePassage {
  readonly number: number;
  readonly text: string;
}

export interface ChatCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: ChatCompletionRequest;
}

/** The gateway's chat and embeddings over real HTTP. By default it answers with the first sentence of the first passage. */
export class FakeGateway {
  readonly chats: ChatCall[] = [];
  readonly embeddings: EmbeddingRequest[] = [];
  /** The answer to write; undefined: the first sentence of the first passage, cited. */
  answer: string | ((passages: readonly FakePassage[]) => string) | undefined;
  finishReason = 'stop';
  /** Status that everything is answered with. */
  failWith: number | undefined;
  /** How long an embedding takes. */
  delayMs = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => this.handle(request.url ?? '', request.headers, JSON.parse(Buffer.concat(parts).toString('utf8')) as never, response));
    });
  }

  static async start(): Promise<FakeGateway> {
    const gateway = new FakeGateway();
    await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.answer = undefined;
    this.finishReason = 'stop';
    this.failWith = undefined;
    this.delayMs = 0;
    this.chats.length = 0;
    this.embeddings.length = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(path: string, headers: IncomingHttpHeaders, body: ChatCompletionRequest & EmbeddingRequest, response: ServerResponse): void {
    if (path.endsWith('/embeddings')) this.embeddings.push(body);
    else this.chats.push({ headers, body });
    if (this.failWith) {
      response.writeHead(this.failWith, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'The fake is told to fail.', type: 'server_error', code: this.failWith < 500 ? 'MODEL_REQUEST_REJECTED' : 'MODEL_PROVIDER_UNAVAILABLE' } }));
    } else if (path.endsWith('/embeddings')) setTimeout(() => this.embed(body, response), this.delayMs);
    else this.chat(body, response);
  }

  private chat({ messages }: ChatCompletionRequest, response: ServerResponse): void {
    const result = messages.find(({ role }) => role === 'tool');
    const { passages } = JSON.parse(String(result?.content)) as { passages: FakePassage[] };
    const text = typeof this.answer === 'function' ? this.answer(passages) : (this.answer ?? `${passages[0]?.text.split('\n').at(-1)?.split(/(?<=\.) /u)[0]} [1]`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = (choices: ChatCompletionChunk['choices'], more: object = {}) =>
      response.write(`data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: MODEL, choices, ...more })}\n\n`);
    chunk([{ index: 0, delta: { role: 'assistant' } }]);
    for (const piece of text.match(/[^]{1,7}/gu) ?? []) chunk([{ index: 0, delta: { content: piece } }]);
    chunk([{ index: 0, delta: {}, finish_reason: this.finishReason }]);
    chunk([], { usage: { prompt_tokens: 50, completion_tokens: 9, total_tokens: 59 } });
    response.end('data: [DONE]\n\n');
  }

  private embed({ input, model }: EmbeddingRequest, response: ServerResponse): void {
    const texts = (Array.isArray(input) ? input : [input]) as string[];
    response.writeHead(200, { 'content-type': 'application/json' });
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: topicsOf(text) }));
    response.end(JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 1, total_tokens: 1 } }));
  }
}

const TOPICS = [/owl|bird|nocturnal|feather/giu, /key|credential|token/giu, /budget|money|cost/giu];

/** A made-up meaning: how much a text is about birds, keys or money. */
function topicsOf(text: string): number[] {
  return [...TOPICS.map((topic) => [...text.matchAll(topic)].length), 0.1];
}
