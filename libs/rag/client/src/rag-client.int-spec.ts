import { newId } from '@faas/api';
import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import type { QueryFrame } from '@faas/rag-contract';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RagClient } from './index';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let answers: Answer[];
let seen: { line: string; body: string }[];
let server: Server;
let http: HttpClient;
let rag: RagClient;

const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

const frames =
  (list: { event: string; data: unknown }[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    list.forEach(({ event, data }, index) => response.write(`id: ${index + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
    response.end();
  };

beforeEach(async () => {
  answers = [];
  seen = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, body: Buffer.concat(chunks).toString('utf8') });
      (answers.shift() ?? json(500, {}))(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  http = new HttpClient({ name: 'rag-service', baseUrl: `http://127.0.0.1:${port}`, logger: createLogger({ service: 'spec', level: 'error' }), retries: 0 });
  rag = new RagClient(http);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await http.close();
});

const done = { event: 'done', data: { outcome: 'answered', answer: 'Yes.', citations: [], mode: 'lexical', model: 'a/b', usage: { inputTokens: 1, outputTokens: 1 } } };
const started = { event: 'started', data: { mode: 'lexical', model: 'a/b' } };
const jobOf = (status: string, finished: number) => ({ id: newId('job'), documentId: newId('doc'), version: 1, status, progress: { done: finished, total: 2 }, createdAt: '2026-11-23T10:00:00Z', finishedAt: null });

async function collect(stream: AsyncIterable<QueryFrame>): Promise<QueryFrame[]> {
  const list: QueryFrame[] = [];
  for await (const frame of stream) list.push(frame);
  return list;
}

describe('RagClient', () => {
  it('yields the frames of an answer and skips types it does not know', async () => {
    answers = [frames([started, { event: 'thought', data: {} }, { event: 'delta', data: { text: 'Yes.' } }, done])];
    expect((await collect(rag.streamQuery('hand book', { query: 'Well?' }))).map(({ event }) => event)).toEqual(['started', 'delta', 'done']);
    expect(seen).toEqual([{ line: 'POST /api/v1/rag/collections/hand%20book/query', body: JSON.stringify({ query: 'Well?', stream: true }) }]);
  });

  it('throws the error of the last frame, and for a stream that ends before its end', async () => {
    answers = [frames([started, { event: 'error', data: { error: { code: 'MODEL_PROVIDER_TIMEOUT', message: 'Too slow.', requestId: 'r' } } }]), frames([started])];
    await expect(collect(rag.streamQuery('handbook', { query: 'Well?' }))).rejects.toMatchObject({ code: 'MODEL_PROVIDER_TIMEOUT' });
    await expect(collect(rag.streamQuery('handbook', { query: 'Well?' }))).rejects.toMatchObject({ name: 'AppError' });
  });

  it('refuses a frame that is not readable', async () => {
    answers = [frames([{ event: 'delta', data: { words: 1 } }])];
    await expect(collect(rag.streamQuery('handbook', { query: 'Well?' }))).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  it('throws the code of the service when a request is refused', async () => {
    answers = [json(404, { error: { code: 'COLLECTION_NOT_FOUND', message: 'None.', requestId: 'r' } }), json(404, { error: { code: 'DOCUMENT_NOT_FOUND', message: 'None.', requestId: 'r' } })];
    await expect(rag.search('nowhere', { query: 'x' })).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
    await expect(rag.content('nowhere', newId('doc'))).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
  });

  it('asks for a job until it is final and tells its progress', async () => {
    answers = [json(200, jobOf('queued', 0)), json(200, jobOf('running', 1)), json(200, jobOf('succeeded', 2))];
    const progress: number[] = [];
    expect(await rag.finishedJob('job_1', { onProgress: (job) => progress.push(job.progress.done) })).toMatchObject({ status: 'succeeded' });
    expect(progress).toEqual([0, 1, 2]);
  });

  it('sends a file as it is, with the fields that were given', async () => {
    answers = [json(500, { error: { code: 'INTERNAL', message: 'Enough seen.', requestId: 'r' } })];
    await expect(rag.addFile('handbook', { name: 'ä.md', bytes: Buffer.from('# Bee 🐝'), type: 'text/markdown', externalId: 'a' })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(seen[0]?.body).toContain('# Bee 🐝');
    expect(seen[0]?.body).toContain('name="externalId"\r\n\r\na');
    expect(seen[0]?.body).not.toContain('name="metadata"');
  });
});
