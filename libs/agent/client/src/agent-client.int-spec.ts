import { newId } from '@faas/api';
import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentClient, type ReceivedFrame } from './index';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const runId = newId('run');
const threadId = newId('thr');
const started = { event: 'run.started', data: { runId, threadId, model: null } };
const delta = (text: string) => ({ event: 'delta', data: { text } });
const finished = {
  event: 'run.finished',
  data: { runId, threadId, status: 'succeeded', message: 'Hello', citations: [], model: 'a/b', usage: { inputTokens: 1, outputTokens: 1, steps: 1 } },
};

let answers: Answer[];
let seen: string[];
let server: Server;
let http: HttpClient;
let agents: AgentClient;

const frames =
  (first: number, list: { event: string; data: unknown }[], breakOff = false): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    list.forEach(({ event, data }, index) => response.write(`id: ${first + index}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
    if (breakOff) setTimeout(() => response.destroy(), 20);
    else response.end();
  };

beforeEach(async () => {
  answers = [];
  seen = [];
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    const answer = answers.shift();
    if (answer) answer(request, response);
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  http = new HttpClient({ name: 'agent-service', baseUrl: `http://127.0.0.1:${port}`, logger: createLogger({ service: 'spec', level: 'error' }), retries: 0 });
  agents = new AgentClient(http);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await http.close();
});

async function collect(stream: AsyncIterable<ReceivedFrame>): Promise<ReceivedFrame[]> {
  const list: ReceivedFrame[] = [];
  for await (const frame of stream) list.push(frame);
  return list;
}

describe('AgentClient', () => {
  it('yields the frames of a chat with their ids and skips types it does not know', async () => {
    answers = [frames(1, [started, { event: 'thought', data: {} }, delta('Hello'), finished])];
    const list = await collect(agents.streamChat('guide', { message: 'Hi' }));
    expect(list.map(({ id, event }) => [id, event])).toEqual([[1, 'run.started'], [3, 'delta'], [4, 'run.finished']]);
    expect(seen).toEqual(['POST /api/v1/agents/guide/chat']);
  });

  it('takes a chat that broke off up again where it was', async () => {
    answers = [frames(1, [started, delta('Hel')], true), frames(3, [delta('lo')], true), frames(4, [finished])];
    const list = await collect(agents.streamChat('guide', { message: 'Hi' }));
    expect(list.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(seen.slice(1)).toEqual([`GET /api/v1/agents/guide/runs/${runId}/events?after=2`, `GET /api/v1/agents/guide/runs/${runId}/events?after=3`]);
  });

  it('throws the error that ended the run and does not ask again', async () => {
    const error = { code: 'SERVICE_UNAVAILABLE', message: 'rag-service does not answer.', requestId: 'r' };
    answers = [frames(1, [started, { event: 'error', data: { error } }])];
    await expect(collect(agents.streamChat('guide', { message: 'Hi' }))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: 'rag-service does not answer.' });
    expect(seen).toHaveLength(1);
  });

  it('throws the code of the service when the request is refused', async () => {
    answers = [
      (_request, response) => {
        response.writeHead(409, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { code: 'THREAD_BUSY', message: 'Busy.', requestId: 'r' } }));
      },
    ];
    await expect(agents.chat('guide', { message: 'Hi', threadId })).rejects.toMatchObject({ code: 'THREAD_BUSY', retryable: true });
  });
});
