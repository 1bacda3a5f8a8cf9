import 'reflect-metadata';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { serveLambda, startHttp, type RunningService } from './index';
import { noteService, observed } from '../test/note-service';

const overrides = { SERVICE_PORT: 0, LOG_LEVEL: 'error', REQUEST_TIMEOUT_MS: 400, MAX_BODY_BYTES: 2048 };
let service: RunningService;

beforeAll(async () => {
  service = await startHttp(noteService, { environment: {}, overrides });
});
afterAll(() => service.close());

const call = (path: string, init: RequestInit = {}) => fetch(`${service.url}/api/v1/notes${path}`, init);
const post = (body: unknown, headers: Record<string, string> = {}) =>
  call('/notes', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer acme', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string; message: string; requestId: string } }).error;

describe('requests', () => {
  it('answers through the schema, which strips what it does not name', async () => {
    const response = await post({ text: 'hello' }, { 'x-request-id': 'abc' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-request-id')).toBe('abc');
    expect(await response.json()).toEqual({ id: expect.any(String), text: 'hello', tenant: 'acme' });
  });

  it.each([
    ['malformed JSON', '{"text":', 400, 'REQUEST_MALFORMED'],
    ['a wrong type', { text: 1 }, 400, 'REQUEST_INVALID'],
    ['an unknown field', { text: 'a', extra: 1 }, 400, 'REQUEST_INVALID'],
    ['a body over the limit', { text: 'x'.repeat(5_000) }, 413, 'REQUEST_TOO_LARGE'],
    ['an AppError of the handler', { text: 'conflict' }, 409, 'CONFLICT'],
    ['an unexpected error', { text: 'boom' }, 500, 'INTERNAL'],
  ])('refuses %s with a coded error', async (_name, body, status, code) => {
    const response = await post(body);
    const error = await errorOf(response);
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.requestId).toBe(response.headers.get('x-request-id'));
    expect(error.message).not.toContain('internal detail');
  });

  it('names the field that is wrong and says when to come back', async () => {
    expect((await errorOf(await post({ text: 1 }))).message).toContain('text:');
    expect((await post({ text: 'conflict' })).headers.get('retry-after')).toBe('2');
  });

  it('refuses an unsupported media type and an unknown route', async () => {
    for (const type of ['application/x-unknown', 'application/x-www-form-urlencoded', 'text/plain']) expect((await errorOf(await post('text=b', { 'content-type': type }))).code).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect((await errorOf(await call('/nowhere'))).code).toBe('ROUTE_NOT_FOUND');
    expect((await errorOf(await call('/notes/too-long-id'))).code).toBe('REQUEST_INVALID');
  });

  it('asks for a credential and for the scope', async () => {
    const missing = await call('/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"a"}' });
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const small = await post({ text: 'a' }, { authorization: 'Bearer reader' });
    expect([small.status, (await errorOf(small)).code]).toEqual([403, 'SCOPE_MISSING']);
  });

  it('ends a request at its deadline', async () => {
    const response = await call('/notes/slow');
    expect([response.status, (await errorOf(response)).code]).toEqual([504, 'DEADLINE_EXCEEDED']);
  });
});

describe('streams', () => {
  const stream = async (text: string, init: Record<string, string> = {}) => post({ text, stream: true }, init);

  it('number their frames gap-free and keep line breaks inside one data line', async () => {
    const response = await stream('go');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe('id: 1\nevent: started\ndata: {"text":"go"}\n\nid: 2\nevent: delta\ndata: {"text":"line\\nbreak"}\n\nid: 3\nevent: done\ndata: {}\n\n');
  });

  it('fail with a status before the first frame and with a last frame after it', async () => {
    expect((await stream('early')).status).toBe(409);
    const late = await stream('late');
    expect(late.status).toBe(201);
    expect(await late.text()).toContain('id: 2\nevent: error\ndata: {"error":{"code":"CONFLICT"');
  });

  it('close their source when the caller goes away', async () => {
    const before = observed.closed;
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${service.url}/api/v1/notes/notes`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer acme' } }, (response) =>
        response.once('data', () => {
          request.destroy();
          resolve();
        }),
      );
      request.on('error', () => undefined);
      request.end('{"text":"go","stream":true}');
    });
    for (let tries = 0; tries < 50 && observed.closed === before; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(observed.closed).toBeGreaterThan(before);
  });
});

describe('idempotency', () => {
  it('runs a request once and gives its answer again', async () => {
    const before = observed.created;
    const first = await post({ text: 'once' }, { 'idempotency-key': 'k1' });
    const again = await post({ text: 'once' }, { 'idempotency-key': 'k1' });
    expect(observed.created).toBe(before + 1);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await again.json()).toEqual(await first.json());
    expect((await errorOf(await post({ text: 'other' }, { 'idempotency-key': 'k1' }))).code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('replays a stream as it was', async () => {
    const first = await (await post({ text: 'go', stream: true }, { 'idempotency-key': 'k2' })).text();
    const again = await post({ text: 'go', stream: true }, { 'idempotency-key': 'k2' });
    expect(again.headers.get('content-type')).toContain('text/event-stream');
    expect(await again.text()).toBe(first);
  });

  it('gives the error of work that has begun again, instead of doing it twice', async () => {
    const first = await errorOf(await post({ text: 'begun' }, { 'idempotency-key': 'k5' }));
    const again = await post({ text: 'begun' }, { 'idempotency-key': 'k5' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 'true']);
    expect(await errorOf(again)).toEqual(first);
  });

  it('finishes a stream whose reader left, for whoever comes back with the key', async () => {
    const before = observed.created;
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: 'Bearer acme', 'idempotency-key': 'k6' };
    const first = await call('/notes', { method: 'POST', headers, body: '{"text":"slow","stream":true}', signal: leaving.signal });
    await first.body?.getReader().read();
    leaving.abort();
    const again = async () => post({ text: 'slow', stream: true }, { 'idempotency-key': 'k6' });
    let repeated = await again();
    for (let tries = 0; tries < 50 && repeated.status === 409; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      repeated = await again();
    }
    expect(await repeated.text()).toContain('id: 3\nevent: done');
    expect(observed.created).toBe(before + 1);
  });

  it('frees the key of a request that failed, stream or not', async () => {
    await post({ text: 'conflict' }, { 'idempotency-key': 'k3' });
    expect((await post({ text: 'fine' }, { 'idempotency-key': 'k3' })).status).toBe(201);
    await (await post({ text: 'late', stream: true }, { 'idempotency-key': 'k4' })).text();
    expect((await post({ text: 'fine' }, { 'idempotency-key': 'k4' })).status).toBe(201);
  });
});

describe('operations', () => {
  it.each(['', '/api/v1/notes'])('answers health, readiness and OpenAPI below "%s"', async (base) => {
    expect(await (await fetch(`${service.url}${base}/health`)).json()).toEqual({ status: 'ok', service: 'note-service' });
    expect(await (await fetch(`${service.url}${base}/ready`)).json()).toMatchObject({ status: 'ready', checks: { disk: 'ok' } });
    const document = (await (await fetch(`${service.url}${base}/openapi.json`)).json()) as { paths: Record<string, unknown>; components: { schemas: Record<string, unknown> } };
    expect(Object.keys(document.paths)).toEqual(['/api/v1/notes/notes', '/api/v1/notes/notes/{id}']);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Note', 'ErrorBody']));
  });

  it('shows a docs page', async () => {
    const page = await fetch(`${service.url}/docs`);
    expect([page.status, (await page.text()).includes('swagger-ui')]).toEqual([200, true]);
  });

  it('says which variable to change when the port is taken', async () => {
    const port = Number(new URL(service.url).port);
    await expect(startHttp(noteService, { environment: {}, overrides: { ...overrides, SERVICE_PORT: port } })).rejects.toThrow(/SERVICE_PORT/);
  });

  it('refuses AUTH_MODE=none on an address that others reach', async () => {
    await expect(startHttp(noteService, { environment: {}, overrides: { ...overrides, AUTH_MODE: 'none', HOST: '0.0.0.0' } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('the Lambda handler', () => {
  it('gives the same answer as the server', async () => {
    const { handler, close } = serveLambda(noteService, { environment: {}, overrides });
    const event = {
      version: '2.0', routeKey: '$default', rawPath: '/api/v1/notes/notes', rawQueryString: '', isBase64Encoded: false,
      headers: { 'content-type': 'application/json', authorization: 'Bearer acme' }, body: '{"text":"hello"}',
      requestContext: { http: { method: 'POST', path: '/api/v1/notes/notes', sourceIp: '1.2.3.4', protocol: 'HTTP/1.1', userAgent: 'x' }, stage: '$default', timeEpoch: 0 },
    };
    const answer = (await handler(event, {})) as { statusCode: number; body: string };
    expect(answer.statusCode).toBe(201);
    expect(JSON.parse(answer.body)).toMatchObject({ text: 'hello', tenant: 'acme' });
    await close();
  });
});

describe('closing', () => {
  it('does not wait for a connection that was opened in advance and never used', async () => {
    const closing = await startHttp(noteService, { environment: {}, overrides });
    const idle = connect(Number(new URL(closing.url).port), '127.0.0.1');
    await once(idle, 'connect');
    const gone = once(idle, 'close');
    idle.resume();
    await closing.close();
    await gone;
  });
});
