import 'reflect-metadata';
import { KeySigner } from '@faas/auth';
import { serveLambda, startHttp } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { FakeModelProvider } from '@faas/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayService } from './gateway.service-definition';

const SIGNING_SECRET = 'signing-secret-of-the-main-spec-0123456789abcdef';
const PREFIX = '/api/v1/gateway';
const user = { role: 'user', content: 'What is 漢字?' };
const passages = { passages: [{ number: 1, text: 'The harbour lies in the north of the old town. Ships wait there.' }] };
const retrieved = [
  { role: 'user', content: 'Where does the harbour lie?' },
  { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'search', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'c', content: JSON.stringify(passages) },
];

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly anonymous?: boolean;
}
interface Answer {
  readonly status: number;
  readonly kind?: string | null;
  readonly body: string;
}

const calls: Call[] = [
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/.well-known/jwks.json', anonymous: true },
  { method: 'GET', path: '/auth/revocations', anonymous: true },
  { method: 'GET', path: '/v1/models' },
  { method: 'GET', path: '/providers' },
  { method: 'POST', path: '/v1/chat/completions', body: { model: 'fake/fake-chat', messages: [user] } },
  { method: 'POST', path: '/v1/chat/completions', body: { model: 'fake/fake-chat', messages: [user], stream: true, stream_options: { include_usage: true } } },
  { method: 'POST', path: '/v1/chat/completions', body: { model: 'local/extractive', messages: retrieved } },
  { method: 'POST', path: '/v1/chat/completions', body: { model: 'local/extractive', messages: retrieved, stream: true } },
  { method: 'POST', path: '/v1/chat/completions', body: { model: 'nobody/x', messages: [user] } },
  { method: 'POST', path: '/v1/chat/completions', body: { messages: 'hello' } },
  { method: 'POST', path: '/v1/chat/completions', body: { messages: [user] }, anonymous: true },
  { method: 'POST', path: '/v1/embeddings', body: { model: 'fake/fake-embed', input: ['a', 'b'] } },
  { method: 'POST', path: '/keys', body: { scopes: ['rag:read'] } },
  { method: 'POST', path: '/keys', body: { scopes: ['rag:write'] } },
  { method: 'DELETE', path: '/keys/key_00000000000000000000000000000000' },
  { method: 'GET', path: '/nowhere' },
];
const statuses = [200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 400, 401, 200, 201, 403, 404, 404];

describe('the HTTP server and the Lambda handler', () => {
  let upstream: FakeModelProvider;
  let folder: string;
  let key: string;

  beforeAll(async () => {
    upstream = await FakeModelProvider.start();
    folder = await mkdtemp(join(tmpdir(), 'gateway-main-'));
    key = (await new KeySigner(SIGNING_SECRET).issue({ tenant: 'acme', subject: 'main', scopes: ['gateway:use', 'keys:manage', 'rag:read'] })).key;
  });
  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  });

  const overrides = () => ({
    SERVICE_PORT: 0,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    AUTH_SIGNING_SECRET: SIGNING_SECRET,
    OLLAMA_DISCOVERY: false,
    MODEL_PROVIDERS: JSON.stringify([{ name: 'fake', kind: 'openai', baseUrl: `${upstream.url}/v1` }]),
  });
  const headersOf = ({ anonymous, body }: Call): Record<string, string> => ({ ...(body ? { 'content-type': 'application/json' } : {}), ...(anonymous ? {} : { authorization: `Bearer ${key}` }) });

  async function overHttp(url: string, call: Call): Promise<Answer> {
    const response = await fetch(url + PREFIX + call.path, { method: call.method, headers: headersOf(call), body: call.body ? JSON.stringify(call.body) : undefined });
    return { status: response.status, kind: response.headers.get('x-faas-model-kind'), body: comparable(await response.text()) };
  }

  async function throughLambda(handler: (event: unknown, context: unknown) => Promise<unknown>, call: Call): Promise<Answer> {
    const path = PREFIX + call.path;
    const body = call.body ? Buffer.from(JSON.stringify(call.body)).toString('base64') : undefined;
    const http = { method: call.method, path, sourceIp: '203.0.113.1', protocol: 'HTTP/1.1', userAgent: 'spec' };
    const event = { version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '', isBase64Encoded: body !== undefined, headers: headersOf(call), body, requestContext: { http, stage: '$default', timeEpoch: 0 } };
    const answer = (await handler(event, {})) as { statusCode: number; headers: Record<string, string>; body?: string; isBase64Encoded?: boolean };
    return { status: answer.statusCode, kind: answer.headers['x-faas-model-kind'] ?? null, body: comparable(Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8').toString('utf8')) };
  }

  it('answer the same requests alike, and neither loses a usage record', async () => {
    const service = await startHttp(gatewayService, { environment: {}, overrides: overrides(), openEmbedded: openEmbeddedPostgres });
    const fromServer: Answer[] = [];
    for (const call of calls) fromServer.push(await overHttp(service.url, call));
    // The rows are there while the server still runs: none waits in its memory.
    const usage = { method: 'GET', path: '/usage' };
    expect(recordsIn(await overHttp(service.url, usage))).toBe(5);
    await service.close();
    expect(fromServer.map(({ status }) => status)).toEqual(statuses);
    expect(fromServer[7]).toMatchObject({ kind: 'extractive', body: expect.stringContaining('The harbour lies in the north of the old town. [1]') });

    const { handler, close } = serveLambda(gatewayService, { environment: {}, overrides: overrides(), openEmbedded: openEmbeddedPostgres });
    expect(recordsIn(await throughLambda(handler, usage))).toBe(5);
    for (const [index, call] of calls.entries()) expect(await throughLambda(handler, call)).toEqual(fromServer[index]);
    expect(recordsIn(await throughLambda(handler, usage))).toBe(10);
    await close();
  });
});

const recordsIn = ({ body }: Answer) => (JSON.parse(body) as { data: unknown[] }).data.length;

/** Ids, keys and times differ from run to run: everything else must not. */
function comparable(text: string): string {
  return text
    .replace(/faas_[\w.-]+/g, 'faas_…')
    .replace(/(_|chatcmpl-|"requestId":")[0-9a-f-]{32,36}/g, '$1…')
    .replace(/"created":\d{10}/g, '"created":…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}
