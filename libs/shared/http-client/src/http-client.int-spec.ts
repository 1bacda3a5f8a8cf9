import { AppError } from '@faas/errors';
import { runInContext, runInTransactionScope } from '@faas/request-context';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { recordingLogger } from '../test/recording-logger';
import { ScriptedServer, sendJson, type Received } from '../test/scripted-server';
import { HttpClient, type HttpClientOptions } from './index';

const anything = z.unknown();
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(answer: (request: Received, response: ServerResponse) => void, options: Partial<HttpClientOptions> = {}) {
  const server = await ScriptedServer.start(answer);
  const recording = recordingLogger();
  const client = new HttpClient({ name: 'rag-service', baseUrl: server.url, logger: recording.logger, ...options });
  closers.push(() => server.close());
  return { server, client, ...recording };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const get = { method: 'GET', path: '/x' } as const;
const post = { method: 'POST', path: '/x', body: { a: 1 } } as const;

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!AppError.is(error)) throw new Error(`Expected an AppError, got ${String(error)}`);
  return error;
}

describe('a JSON call', () => {
  it('sends query, body and headers and parses the answer', async () => {
    const { server, client } = await serve((_request, response) => sendJson(response, 200, { status: 'ok', extra: 1 }), { headers: async () => ({ Authorization: 'Bearer t' }) });
    const answer = await client.json({ ...post, path: '/a b'.replace(' ', '%20'), query: { limit: 2, after: undefined, tag: ['x', 'y&z'] } }, z.object({ status: z.string() }));
    expect(answer).toEqual({ status: 'ok' });
    expect(server.received[0]).toMatchObject({ method: 'POST', url: '/a%20b?limit=2&tag=x&tag=y%26z', body: '{"a":1}' });
    expect(server.received[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t', accept: 'application/json' });
  });

  it('appends its path to the path of the base URL', async () => {
    const { server } = await serve((_request, response) => sendJson(response, 200, {}));
    const client = new HttpClient({ name: 'openai', baseUrl: `${server.url}/v1/`, logger: recordingLogger().logger });
    await client.json({ method: 'GET', path: '/models' }, anything);
    expect(server.received[0]?.url).toBe('/v1/models');
  });

  it('sends forms as multipart', async () => {
    const { server, client } = await serve((_request, response) => sendJson(response, 200, {}));
    const form = new FormData();
    form.append('file', new Blob(['hello']), 'a.txt');
    await client.json({ method: 'POST', path: '/x', rawBody: form }, anything);
    expect(server.received[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.received[0]?.body).toContain('hello');
  });

  it('tells trace, request id and, to our own services, the time left', async () => {
    const { server, client } = await serve((_request, response) => sendJson(response, 200, {}), { internal: true });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await runInContext({ requestId: 'r-1', traceparent, deadline: Date.now() + 5_000 }, () => client.json(get, anything));
    expect(server.received[0]?.headers).toMatchObject({ 'x-request-id': 'r-1', traceparent });
    const left = Number(server.received[0]?.headers['x-faas-timeout-ms']);
    expect(left).toBeGreaterThan(1_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('does not tell strangers how much time is left', async () => {
    const { server, client } = await serve((_request, response) => sendJson(response, 200, {}));
    await client.json(get, anything);
    expect(server.received[0]?.headers['x-faas-timeout-ms']).toBeUndefined();
  });

  it('refuses to leave while a transaction is open', async () => {
    const { server, client } = await serve((_request, response) => sendJson(response, 200, {}));
    expect(await runInTransactionScope(() => errorOf(client.json(get, anything)))).toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
    expect(server.received).toHaveLength(0);
  });

  it.each(['ftp://x', 'not a url', 'http://user:hush@host', 'http://host/?a=1'])('refuses the base URL %s without repeating it', (baseUrl) => {
    const make = () => new HttpClient({ name: 'x', baseUrl, logger: recordingLogger().logger });
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('hush') }));
  });
});

describe('errors of a neighbour', () => {
  it('become the same code again', async () => {
    const { client } = await serve((_request, response) =>
      sendJson(response, 404, { error: { code: 'COLLECTION_NOT_FOUND', message: "Unknown collection 'x'.", requestId: 'r', details: { name: 'x' } } }),
    );
    expect(await errorOf(client.json(get, anything))).toMatchObject({ code: 'COLLECTION_NOT_FOUND', status: 404, message: "Unknown collection 'x'.", details: { name: 'x' } });
  });

  it('of an unknown code or shape are UPSTREAM_FAILED', async () => {
    const { client } = await serve((request, response) =>
      request.url === '/new' ? sendJson(response, 418, { error: { code: 'BRAND_NEW', message: 'm', requestId: 'r' } }) : response.writeHead(400, { 'content-type': 'text/html' }).end('<h1>no</h1>'),
    );
    expect(await errorOf(client.json({ method: 'GET', path: '/new' }, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: false, details: { code: 'BRAND_NEW', status: 418 } });
    expect(await errorOf(client.json(get, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', message: 'rag-service answered with status 400.' });
  });

  it('keep the time after which a retry makes sense', async () => {
    const { client } = await serve((_request, response) => sendJson(response, 429, { error: { code: 'RATE_LIMITED', message: 'm', requestId: 'r' } }, { 'retry-after': '7' }), { retries: 0 });
    expect(await errorOf(client.json(get, anything))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 7_000 });
  });

  it('an answer that is not JSON, or not as expected, is UPSTREAM_FAILED', async () => {
    const { client } = await serve((request, response) => (request.url === '/text' ? response.end('hello') : sendJson(response, 200, { status: 1 })));
    expect(await errorOf(client.json({ method: 'GET', path: '/text' }, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('not JSON') });
    expect(await errorOf(client.json(get, z.object({ status: z.string() })))).toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('status: ') });
  });

  it('a neighbour that is not there is named with its address', async () => {
    const port = await freePort();
    const client = new HttpClient({ name: 'rag-service', baseUrl: `http://127.0.0.1:${port}`, logger: recordingLogger().logger, retries: 0 });
    expect(await errorOf(client.json(get, anything))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
      message: `rag-service does not answer at http://127.0.0.1:${port} (connection refused). Is it running?`,
      details: { service: 'rag-service' },
    });
    const unknown = new HttpClient({ name: 'rag-service', baseUrl: 'http://nowhere.invalid', logger: recordingLogger().logger, retries: 0 });
    expect(await errorOf(unknown.json(get, anything))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('http://nowhere.invalid') });
  });

  it('a connection closed before the answer is SERVICE_UNAVAILABLE, one closed within it UPSTREAM_FAILED', async () => {
    const { client } = await serve(
      (request, response) => {
        if (request.url === '/x') return response.destroy();
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setTimeout(() => response.destroy(), 20);
      },
      { retries: 0 },
    );
    expect(await errorOf(client.json(get, anything))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await errorOf(client.json({ method: 'GET', path: '/half' }, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('broke off') });
  });
});

describe('limits', () => {
  it('end a call that hangs after its time-out', async () => {
    const { client } = await serve(() => undefined);
    expect(await errorOf(client.json({ ...get, timeoutMs: 50 }, anything))).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'rag-service did not finish its answer within 50 ms.' });
  });

  it('end a call whose body never ends after its time-out', async () => {
    const { client } = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('{'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await errorOf(client.json({ ...get, timeoutMs: 100 }, anything))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('end a call with the deadline of its request', async () => {
    const { client } = await serve(() => undefined);
    const error = await runInContext({ requestId: 'r', deadline: Date.now() + 60 }, () => errorOf(client.json(get, anything)));
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringContaining('time of this request') });
    const late = await runInContext({ requestId: 'r', deadline: Date.now() - 1 }, () => errorOf(client.json(get, anything)));
    expect(late.code).toBe('DEADLINE_EXCEEDED');
  });

  it('end a call when its request is aborted', async () => {
    const abort = new AbortController();
    const { client } = await serve(() => abort.abort());
    const call = runInContext({ requestId: 'r', signal: abort.signal }, () => errorOf(client.json(get, anything)));
    expect(await call).toMatchObject({ code: 'REQUEST_ABORTED' });
  });

  it('end a call when the given signal is aborted, before and during it', async () => {
    const { client } = await serve((_request, response) => response.writeHead(200).flushHeaders());
    expect(await errorOf(client.json({ ...get, signal: AbortSignal.abort() }, anything))).toMatchObject({ code: 'REQUEST_ABORTED' });
    expect(await errorOf(client.json({ ...get, signal: AbortSignal.timeout(50) }, anything))).toMatchObject({ code: 'REQUEST_ABORTED' });
  });

  it('end a body that falls silent', async () => {
    const { client } = await serve((_request, response) => void response.writeHead(200).write('{"a":'));
    expect(await errorOf(client.json({ ...get, idleTimeoutMs: 50 }, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('sent nothing for 50 ms') });
  });

  it('stop reading a body that is too large', async () => {
    let written = 0;
    const { client } = await serve((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, 'a');
      const more = (): void => {
        while (!response.destroyed && written < 500 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    });
    const response = await client.send(get);
    expect(await errorOf(response.bytes(1024 * 1024))).toMatchObject({ code: 'UPSTREAM_FAILED', message: 'rag-service answered with more than 1048576 bytes.' });
    expect(written).toBeLessThan(100 * 1024 * 1024);
  });

  it('let a body be read once only', async () => {
    const { client } = await serve((_request, response) => response.end('abc'));
    const response = await client.send(get);
    expect(await response.text()).toBe('abc');
    expect(await errorOf(response.text())).toMatchObject({ code: 'INTERNAL' });
  });
});

describe('retries', () => {
  const failing = (times: number, status: number, headers: Record<string, string> = {}) => {
    let left = times;
    return (_request: Received, response: ServerResponse) => (left-- > 0 ? sendJson(response, status, {}, headers) : sendJson(response, 200, { ok: true }));
  };

  it('repeat an idempotent request that a busy neighbour refused', async () => {
    const { client, server, events } = await serve(failing(2, 503));
    expect(await client.json(get, anything)).toEqual({ ok: true });
    expect(server.received).toHaveLength(3);
    expect(events().filter((event) => event === 'http-call.retried')).toHaveLength(2);
  });

  it('stop after the configured number and hand over the last answer', async () => {
    const { client, server } = await serve(failing(9, 503), { retries: 1 });
    expect(await errorOf(client.json(get, anything))).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: true });
    expect(server.received).toHaveLength(2);
  });

  it('never repeat a POST, unless it is said to be idempotent or carries a key', async () => {
    const plain = await serve(failing(1, 503));
    await errorOf(plain.client.json(post, anything));
    expect(plain.server.received).toHaveLength(1);
    const keyed = await serve(failing(1, 503));
    await keyed.client.json({ ...post, idempotencyKey: 'k-1' }, anything);
    expect(keyed.server.received.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([['k-1', '{"a":1}'], ['k-1', '{"a":1}']]);
    const declared = await serve(failing(1, 503));
    await declared.client.json({ ...post, idempotent: true }, anything);
    expect(declared.server.received).toHaveLength(2);
  });

  it('do not repeat what the caller did wrong, nor an internal error', async () => {
    const { client, server } = await serve((request, response) => sendJson(response, Number(request.url.slice(1)), {}));
    for (const status of [400, 401, 404, 409, 422, 500]) await errorOf(client.json({ method: 'GET', path: `/${status}` }, anything));
    expect(server.received).toHaveLength(6);
  });

  it('wait as long as Retry-After says', async () => {
    const { client } = await serve(failing(1, 429, { 'retry-after-ms': '150' }));
    const startedAt = performance.now();
    await client.json(get, anything);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
  });

  it('do not wait when Retry-After ends after the deadline', async () => {
    const { client, server } = await serve(failing(1, 429, { 'retry-after': '60' }));
    const startedAt = performance.now();
    expect(await errorOf(client.json({ ...get, timeoutMs: 5_000 }, anything))).toMatchObject({ retryAfterMs: 60_000 });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(server.received).toHaveLength(1);
  });

  it('repeat a POST whose connection was refused, for nothing was sent', async () => {
    const port = await freePort();
    const { logger, events } = recordingLogger();
    const client = new HttpClient({ name: 'rag-service', baseUrl: `http://127.0.0.1:${port}`, logger, retries: 2 });
    await errorOf(client.json(post, anything));
    expect(events().filter((event) => event === 'http-call.retried')).toHaveLength(2);
  });

  it('do not repeat a POST whose connection was closed, for it may have been done', async () => {
    const { client, server } = await serve((_request, response) => void response.destroy());
    await errorOf(client.json(post, anything));
    expect(server.received).toHaveLength(1);
    await errorOf(client.json(get, anything));
    expect(server.received).toHaveLength(4);
  });

  it('ask for fresh headers at each attempt', async () => {
    let asked = 0;
    const { client, server } = await serve(failing(1, 503), { headers: () => ({ authorization: `Bearer ${++asked}` }) });
    await client.json(get, anything);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });
});

describe('the circuit breaker', () => {
  it('opens after repeated failures, names the neighbour, and closes after a probe', async () => {
    let healthy = false;
    const { client, server, events } = await serve((_request, response) => sendJson(response, healthy ? 200 : 503, {}), { retries: 0, breaker: { failures: 3, openMs: 100 } });
    for (let call = 0; call < 3; call++) await errorOf(client.json(get, anything));
    const refused = await errorOf(client.json(get, anything));
    expect(refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true, message: expect.stringContaining('rag-service'), retryAfterMs: expect.any(Number) });
    expect(server.received).toHaveLength(3);
    expect(events()).toContain('circuit.opened');
    healthy = true;
    await new Promise((resolve) => setTimeout(resolve, 120));
    await client.json(get, anything);
    await client.json(get, anything);
    expect(server.received).toHaveLength(5);
  });

  it('does not open for what callers do wrong', async () => {
    const { client, server } = await serve((_request, response) => sendJson(response, 429, {}), { retries: 0, breaker: { failures: 2 } });
    for (let call = 0; call < 10; call++) await errorOf(client.json(get, anything));
    expect(server.received).toHaveLength(10);
  });

  it('does not open for callers that go away', async () => {
    const { client, server } = await serve((request, response) => (request.url === '/ok' ? sendJson(response, 200, {}) : undefined), { retries: 0, breaker: { failures: 2 } });
    for (let call = 0; call < 5; call++) await errorOf(client.json({ ...get, signal: AbortSignal.timeout(15) }, anything));
    await client.json({ method: 'GET', path: '/ok' }, anything);
    expect(server.received.at(-1)?.url).toBe('/ok');
  });
});
