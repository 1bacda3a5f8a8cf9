import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import { FakeModelProvider } from '@faas/testing';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayClient } from './index';

const logger = createLogger({ service: 'gateway-client-test', level: 'error', destination: { write: () => undefined } });
const messages = [{ role: 'user' as const, content: 'hi' }];
const chunk = (content: string) => ({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const refusal = { error: { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded', faas: { code: 'MODEL_PROVIDER_RATE_LIMITED', requestId: 'r-1' } } };

describe('GatewayClient', () => {
  let server: Server;
  let http: HttpClient;
  let gateway: GatewayClient;
  let reply: (request: IncomingMessage, response: ServerResponse) => void;
  const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      reply(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    http = new HttpClient({ name: 'gateway-service', baseUrl, logger, internal: true, retries: 0, headers: () => ({ authorization: 'Bearer internal' }) });
    gateway = new GatewayClient(http);
  });
  beforeEach(() => seen.splice(0));
  afterAll(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    reply = (_request, response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const stream = (...events: string[]) => {
    reply = (_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.map((data) => `data: ${data}\n\n`).join(''));
  };
  const read = async () => {
    const texts: unknown[] = [];
    for await (const { choices } of gateway.streamChat({ messages })) texts.push(choices[0]?.delta.content);
    return texts;
  };

  it('chats with the headers it is given', async () => {
    answer(200, { id: 'a', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }] });
    const { choices } = await gateway.chat({ messages }, { idempotencyKey: 'once' });
    expect(choices[0]?.message.content).toBe('hello');
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/gateway/v1/chat/completions', headers: { authorization: 'Bearer internal', 'idempotency-key': 'once' } });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ messages, stream: false });
  });

  it('streams chunks up to the end', async () => {
    stream(JSON.stringify(chunk('a')), JSON.stringify(chunk('b')), '[DONE]');
    expect(await read()).toEqual(['a', 'b']);
  });

  it("throws the gateway's own code, from OpenAI's shape and from the native one", async () => {
    answer(429, refusal, { 'retry-after': '3' });
    await expect(gateway.chat({ messages })).rejects.toMatchObject({ code: 'MODEL_PROVIDER_RATE_LIMITED', message: 'Slow down.', retryAfterMs: 3_000 });
    await expect(read()).rejects.toMatchObject({ code: 'MODEL_PROVIDER_RATE_LIMITED' });
    answer(404, { error: { code: 'KEY_NOT_FOUND', message: 'No such key.', requestId: 'r' } });
    await expect(gateway.revokeKey('key_1')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', status: 404 });
    answer(502, 'nonsense');
    await expect(gateway.models()).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', retryable: true });
  });

  it('throws an error that comes inside the stream, and misses an end that does not come', async () => {
    stream(JSON.stringify(chunk('a')), JSON.stringify(refusal));
    await expect(read()).rejects.toMatchObject({ code: 'MODEL_PROVIDER_RATE_LIMITED' });
    stream(JSON.stringify(chunk('a')));
    await expect(read()).rejects.toMatchObject({ code: 'MODEL_STREAM_BROKEN' });
    stream('{"no":"chunk"}');
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  it('embeds in the order of the inputs, and lists models, through a server of the same protocol', async () => {
    const fake = await FakeModelProvider.start();
    reply = (request, response) => {
      const body = seen.at(-1)?.body;
      fetch(fake.url + String(request.url).replace('/api/v1/gateway', ''), { method: request.method, ...(body ? { body } : {}) })
        .then(async (upstream) => response.writeHead(upstream.status, { 'content-type': 'application/json' }).end(await upstream.text()))
        .catch(() => response.destroy());
    };
    try {
      const { vectors, usage } = await gateway.embed({ model: 'fake-embed', input: ['one', 'two', 'one'] });
      expect(vectors[0]).toEqual(vectors[2]);
      expect(vectors[0]).not.toEqual(vectors[1]);
      expect(usage.prompt_tokens).toBeGreaterThan(0);
      expect((await gateway.models()).map(({ id }) => id)).toEqual(['fake-chat', 'fake-embed']);
    } finally {
      await fake.close();
    }
  });
});
