import 'reflect-metadata';
import { serveLambda } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { RagHarness, tokenFor } from '../test/rag-harness';
import { ragService } from './rag.service-definition';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** A multipart body as it is sent. */
  readonly form?: string;
  readonly anonymous?: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const form = ['--cut', 'content-disposition: form-data; name="externalId"', '', 'b.md', '--cut', 'content-disposition: form-data; name="file"; filename="b.md"', 'content-type: text/markdown', '', '# Bee 🐝', '--cut--', ''].join('\r\n');

const calls: Call[] = [
  { method: 'GET', path: '/health' },
  { method: 'PUT', path: '/collections/alike', body: { title: 'Alike' } },
  { method: 'GET', path: '/collections/alike' },
  { method: 'POST', path: '/collections/alike/documents', body: { text: 'An owl.', externalId: 'a' } },
  { method: 'POST', path: '/collections/alike/documents', form },
  { method: 'POST', path: '/collections/alike/documents', body: { text: '' } },
  { method: 'POST', path: '/collections/alike/search', body: { query: 'zebra' } },
  { method: 'POST', path: '/collections/alike/query', body: { query: 'zebra' } },
  { method: 'POST', path: '/collections/alike/query', body: { query: 'zebra', stream: true } },
  { method: 'POST', path: '/collections/alike/query', body: { query: 'zebra', unknown: true } },
  { method: 'GET', path: '/collections/nowhere' },
  { method: 'GET', path: '/collections/alike', anonymous: true },
  { method: 'DELETE', path: '/collections/alike' },
];

const PREFIX = '/api/v1/rag';

async function headersOf({ anonymous, body, form: sent }: Call): Promise<Record<string, string>> {
  const type: Record<string, string> = body ? { 'content-type': 'application/json' } : sent ? { 'content-type': 'multipart/form-data; boundary=cut' } : {};
  return { ...type, ...(anonymous ? {} : { authorization: `Bearer ${await tokenFor('acme')}` }) };
}

function bodyOf({ body, form: sent }: Call): string | undefined {
  return body ? JSON.stringify(body) : sent;
}

async function overHttp(url: string, call: Call): Promise<Answer> {
  const response = await fetch(`${url}${PREFIX}${call.path}`, { method: call.method, headers: await headersOf(call), body: bodyOf(call) });
  return { status: response.status, body: comparable(await response.text()) };
}

async function throughLambda(handler: (event: unknown, context: unknown) => Promise<unknown>, call: Call): Promise<Answer> {
  const path = `${PREFIX}${call.path}`;
  const body = bodyOf(call);
  const answer = (await handler(
    {
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: '',
      isBase64Encoded: body !== undefined,
      headers: await headersOf(call),
      ...(body === undefined ? {} : { body: Buffer.from(body, 'utf8').toString('base64') }),
      requestContext: { http: { method: call.method, path, sourceIp: '203.0.113.1', protocol: 'HTTP/1.1', userAgent: 'spec' }, stage: '$default', timeEpoch: 0 },
    },
    {},
  )) as { statusCode: number; body?: string; isBase64Encoded?: boolean };
  return { status: answer.statusCode, body: comparable(Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8').toString('utf8')) };
}

/** Ids and times differ from run to run: everything else must not. */
function comparable(text: string): string {
  return text.replace(/(_|"requestId":")[0-9a-f-]{32,36}/g, '$1…').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

describe('the HTTP server and the Lambda handler', () => {
  it('answer the same requests alike', async () => {
    const harness = await RagHarness.start();
    try {
      const fromServer: Answer[] = [];
      for (const call of calls) fromServer.push(await overHttp(harness.service.url, call));
      expect(fromServer.map(({ status }) => status)).toEqual([200, 200, 200, 202, 202, 422, 200, 200, 200, 400, 404, 401, 204]);
      await harness.service.close();

      const lambda = serveLambda(ragService, { environment: {}, overrides: harness.environment, openEmbedded: openEmbeddedPostgres });
      for (const [index, call] of calls.entries()) expect(await throughLambda(lambda.handler, call)).toEqual(fromServer[index]);
      await lambda.close();
    } finally {
      await harness.stop();
    }
  });
});
