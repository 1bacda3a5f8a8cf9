import { AppError } from '@faas/errors';
import type { ServerResponse } from 'node:http';
import { recordingLogger } from '../test/recording-logger';
import { ScriptedServer, sendJson, type Received } from '../test/scripted-server';
import { HttpClient, type ServerSentEvent } from './index';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (request: Received, response: ServerResponse) => void) {
  const server = await ScriptedServer.start(answer);
  closers.push(() => server.close());
  return { server, client: new HttpClient({ name: 'gateway-service', baseUrl: server.url, logger: recordingLogger().logger, retries: 0 }) };
}

const head = { 'content-type': 'text/event-stream; charset=utf-8' };
const ask = { method: 'POST', path: '/chat', body: { stream: true } } as const;
const isDone = ({ event }: ServerSentEvent) => event === 'done';

async function collect(events: AsyncIterable<ServerSentEvent>): Promise<{ data: string[]; error?: unknown }> {
  const data: string[] = [];
  try {
    for await (const event of events) data.push(event.data);
    return { data };
  } catch (error) {
    return { data, error };
  }
}

describe('events over HTTP', () => {
  it('arrive one by one while the answer is under way', async () => {
    let answer: ServerResponse | undefined;
    const { client, server } = await serve((_request, response) => {
      answer = response;
      response.writeHead(200, head).write('event: delta\ndata: 1\n\n');
    });
    const seen: string[] = [];
    for await (const event of client.events(ask, { until: isDone })) {
      seen.push(event.data);
      // Written only now: the first event had arrived before the second existed.
      if (event.data === '1') answer?.write('event: done\ndata: 2\n\n');
    }
    expect(seen).toEqual(['1', '2']);
    expect(server.received[0]?.headers.accept).toBe('text/event-stream');
  });

  it('that are cut off end with an error after those that arrived', async () => {
    const { client } = await serve((_request, response) => {
      response.writeHead(200, head).write('data: 1\n\n');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await collect(client.events(ask))).toMatchObject({ data: ['1'], error: { code: 'UPSTREAM_FAILED', message: expect.stringContaining('broke off') } });
  });

  it('that end politely, but too early, end with an error when a last event is asked for', async () => {
    const { client } = await serve((_request, response) => response.writeHead(200, head).end('data: 1\n\n'));
    expect(await collect(client.events(ask))).toEqual({ data: ['1'] });
    expect(await collect(client.events(ask, { until: isDone }))).toMatchObject({ data: ['1'], error: { code: 'UPSTREAM_FAILED' } });
  });

  it('that fall silent end with an error, while heartbeats keep them alive', async () => {
    const { client } = await serve((request, response) => {
      response.writeHead(200, head).write('data: 1\n\n');
      if (request.url === '/silent') return;
      let beats = 0;
      const timer = setInterval(() => (++beats < 8 ? response.write(': heartbeat\n\n') : (clearInterval(timer), response.end('event: done\ndata: 2\n\n'))), 25);
      response.on('close', () => clearInterval(timer));
    });
    expect(await collect(client.events({ ...ask, path: '/silent', idleTimeoutMs: 120 }))).toMatchObject({ data: ['1'], error: { code: 'UPSTREAM_FAILED', message: expect.stringContaining('sent nothing') } });
    expect(await collect(client.events({ ...ask, idleTimeoutMs: 120 }, { until: isDone }))).toEqual({ data: ['1', '2'] });
  });

  it('close the connection when the reader leaves the loop', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const { client } = await serve((_request, response) => {
      response.on('close', closed);
      response.writeHead(200, head).write('data: 1\n\n');
    });
    for await (const event of client.events(ask)) if (event.data === '1') break;
    await gone;
  });

  it('end when the caller aborts', async () => {
    const { client } = await serve((_request, response) => void response.writeHead(200, head).write('data: 1\n\n'));
    expect(await collect(client.events({ ...ask, signal: AbortSignal.timeout(60) }))).toMatchObject({ data: ['1'], error: { code: 'REQUEST_ABORTED' } });
  });

  it('are an error of the neighbour when it answers with one, or with something else', async () => {
    const { client } = await serve((request, response) =>
      request.url === '/chat' ? sendJson(response, 404, { error: { code: 'MODEL_NOT_FOUND', message: 'm', requestId: 'r' } }) : sendJson(response, 200, { not: 'a stream' }),
    );
    const refused = await collect(client.events(ask));
    expect(AppError.hasCode(refused.error, 'MODEL_NOT_FOUND')).toBe(true);
    expect(await collect(client.events({ ...ask, path: '/json' }))).toMatchObject({ error: { code: 'UPSTREAM_FAILED', message: expect.stringContaining('application/json') } });
  });
});
