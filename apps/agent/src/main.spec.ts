import 'reflect-metadata';
import { serveLambda } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { AgentHarness, tokenFor } from '../test/agent-harness';
import { agentService } from './agent.service-definition';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly anonymous?: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const calls: Call[] = [
  { method: 'GET', path: '/health' },
  { method: 'PUT', path: '/guide', body: { instructions: 'Answer.', tools: [{ type: 'retrieval', collection: 'handbook' }] } },
  { method: 'GET', path: '/guide' },
  { method: 'POST', path: '/guide/chat', body: { message: 'Are requests limited?' } },
  { method: 'POST', path: '/guide/chat', body: { message: 'Are requests limited?', stream: true } },
  { method: 'POST', path: '/guide/chat', body: { message: 'Are requests limited?', unknown: true } },
  { method: 'GET', path: '/guide/threads' },
  { method: 'GET', path: '/nobody' },
  { method: 'GET', path: '/guide', anonymous: true },
  { method: 'DELETE', path: '/guide' },
];

const PREFIX = '/api/v1/agents';

async function headersOf({ anonymous, body }: Call): Promise<Record<string, string>> {
  return { ...(body ? { 'content-type': 'application/json' } : {}), ...(anonymous ? {} : { authorization: `Bearer ${await tokenFor('acme')}` }) };
}

async function overHttp(url: string, call: Call): Promise<Answer> {
  const response = await fetch(`${url}${PREFIX}${call.path}`, { method: call.method, headers: await headersOf(call), ...(call.body ? { body: JSON.stringify(call.body) } : {}) });
  return { status: response.status, body: comparable(await response.text()) };
}

async function throughLambda(handler: (event: unknown, context: unknown) => Promise<unknown>, call: Call): Promise<Answer> {
  const path = `${PREFIX}${call.path}`;
  const answer = (await handler(
    {
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: '',
      isBase64Encoded: false,
      headers: await headersOf(call),
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      requestContext: { http: { method: call.method, path, sourceIp: '203.0.113.1', protocol: 'HTTP/1.1', userAgent: 'spec' }, stage: '$default', timeEpoch: 0 },
    },
    {},
  )) as { statusCode: number; body?: string; isBase64Encoded?: boolean };
  return { status: answer.statusCode, body: comparable(Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8').toString('utf8')) };
}

/** Ids and times differ from run to run, and text may be cut into other deltas: everything else must not. */
function comparable(text: string): string {
  return text
    .replace(/(_|"requestId":")[0-9a-f-]{32,36}/g, '$1…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/(id: \d+\nevent: delta\ndata: .*\n\n)+/g, '<deltas>')
    .replace(/^id: \d+$/gm, 'id: …');
}

describe('the HTTP server and the Lambda handler', () => {
  it('answer the same requests alike', async () => {
    const harness = await AgentHarness.start();
    try {
      const fromServer: Answer[] = [];
      for (const call of calls) fromServer.push(await overHttp(harness.service.url, call));
      expect(fromServer.map(({ status }) => status)).toEqual([200, 201, 200, 200, 200, 400, 200, 404, 401, 204]);
      await harness.service.close();

      const lambda = serveLambda(agentService, { environment: {}, overrides: harness.environment, openEmbedded: openEmbeddedPostgres });
      for (const [index, call] of calls.entries()) expect(await throughLambda(lambda.handler, call)).toEqual(fromServer[index]);
      await lambda.close();
    } finally {
      await harness.stop();
    }
  });
});
