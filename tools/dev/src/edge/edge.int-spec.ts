import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openEdge, type Edge } from './edge';

describe('local edge', () => {
  const open: { close(): Promise<unknown> | unknown; closeAllConnections?(): void }[] = [];

  afterEach(async () => {
    for (const server of open.splice(0)) {
      server.closeAllConnections?.();
      await server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<number> {
    const server: Server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    return (server.address() as AddressInfo).port;
  }

  async function edgeBefore(listener: RequestListener, maxBodyBytes = 1_000): Promise<Edge> {
    const port = await serve(listener);
    const gone = await freePort();
    const edge = await openEdge({ port: 0, upstreams: { gateway: port, rag: gone, agent: gone }, maxBodyBytes });
    open.push(edge);
    return edge;
  }

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  function ask(edge: Edge, path: string, options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = httpRequest({ host: '127.0.0.1', port: edge.port, path, method: options.method ?? 'GET', headers: { host: 'localhost', ...options.headers }, agent: false }, resolve);
      call.on('error', reject);
      call.end(options.body);
    });
  }

  const json = async (message: IncomingMessage) => JSON.parse(await text(message)) as Record<string, Record<string, unknown>>;
  const echo: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end(JSON.stringify({ headers: request.headers, url: { value: request.url }, body: { value: Buffer.concat(chunks).toString() } })));
  };

  it('passes path, query, body and Host and drops reserved headers', async () => {
    const edge = await edgeBefore(echo);
    const headers = { host: 'localhost:8000', origin: 'http://localhost:3000', 'x-faas-timeout-ms': '1', 'x-forwarded-for': '1.2.3.4', forwarded: 'for=x', 'x-other': 'kept', 'x-request-id': 'r1' };
    const seen = await json(await ask(edge, '/api/v1/gateway/v1/models?a=%20b', { method: 'POST', headers, body: 'hello' }));
    expect(seen.headers).toMatchObject({ host: 'localhost:8000', origin: 'http://localhost:3000', 'x-other': 'kept', 'x-request-id': 'r1' });
    expect(Object.keys(seen.headers!)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(x-faas-|x-forwarded-|forwarded)/)]));
    expect(seen.url).toEqual({ value: '/api/v1/gateway/v1/models?a=%20b' });
    expect(seen.body).toEqual({ value: 'hello' });
  });

  it('passes a chunked body of a DELETE', async () => {
    const edge = await edgeBefore(echo);
    const seen = await json(await ask(edge, '/api/v1/gateway', { method: 'DELETE', headers: { 'transfer-encoding': 'chunked' }, body: 'framed' }));
    expect(seen.body).toEqual({ value: 'framed' });
  });

  it('keeps status, duplicate headers and bytes of the answer', async () => {
    const edge = await edgeBefore((_request, response) => response.writeHead(418, ['set-cookie', 'a=1', 'Set-Cookie', 'b=2']).end(Buffer.from([0, 255, 1])));
    const answer = await ask(edge, '/api/v1/gateway/');
    expect(answer.statusCode).toBe(418);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(Buffer.concat(await answer.toArray())).toEqual(Buffer.from([0, 255, 1]));
  });

  it('hands on each event before the next one exists', async () => {
    let release: () => void = () => undefined;
    const edge = await edgeBefore((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n\n');
      release = () => response.end('id: 2\n\n');
    });
    const answer = await ask(edge, '/api/v1/gateway/stream');
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(first.toString()).toBe('id: 1\n\n');
    release();
    const [second] = (await once(answer, 'data')) as [Buffer];
    expect(second.toString()).toBe('id: 2\n\n');
  });

  it('ends the call to the service when the caller goes away', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    const edge = await edgeBefore((_request, response) => {
      gone = once(response, 'close');
      response.write('first');
    });
    const answer = await ask(edge, '/api/v1/gateway/stream');
    await once(answer, 'data');
    answer.destroy();
    await gone;
  });

  it('breaks the answer off when the service does', async () => {
    const edge = await edgeBefore((_request, response) => {
      response.write('part', () => response.socket?.destroy());
    });
    const answer = await ask(edge, '/api/v1/gateway/stream');
    await expect(text(answer)).rejects.toThrow(/aborted/);
  });

  const breakingOff: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'r9' });
    response.write('id: 1\nevent: delta\ndata: {}\n\nid: 2\nev', () => response.socket?.destroy());
  };
  const lastFrame = { error: { code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('gateway service ended in the middle'), requestId: 'r9' } };

  it('ends an event stream that its service breaks off with an error frame', async () => {
    const edge = await edgeBefore(breakingOff);
    const frames = (await text(await ask(edge, '/api/v1/gateway/stream'))).split('\n\n');
    expect(frames.slice(0, 2)).toEqual(['id: 1\nevent: delta\ndata: {}', 'id: 2\nev']);
    const [event, data] = frames[2]!.split('\n');
    expect(event).toBe('event: error');
    expect(JSON.parse(data!.replace(/^data: /, ''))).toEqual(lastFrame);
    expect(frames.slice(3)).toEqual(['']);
  });

  it('ends a broken stream of chunks with an error chunk, never with [DONE]', async () => {
    const edge = await edgeBefore(breakingOff);
    const frames = (await text(await ask(edge, '/api/v1/gateway/v1/chat/completions', { method: 'POST', body: '{}' }))).split('\n\n');
    expect(JSON.parse(frames[2]!.replace(/^data: /, ''))).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE', message: lastFrame.error.message, faas: { requestId: 'r9' } } });
    expect(frames.slice(3)).toEqual(['']);
  });

  it('names a missing neighbour', async () => {
    const edge = await edgeBefore(echo);
    const answer = await ask(edge, '/api/v1/rag/collections', { headers: { 'x-request-id': 'r7' } });
    expect(answer.statusCode).toBe(503);
    expect((await json(answer)).error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('rag'), requestId: 'r7' });
  });

  it.each(['/api/v1/agentsX', '/api/v1', '/', '/api/v2/gateway', '/API/v1/gateway'])('knows no service for %s', async (path) => {
    const edge = await edgeBefore(echo);
    const answer = await ask(edge, path);
    expect(answer.statusCode).toBe(404);
    expect((await json(answer)).error).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  });

  it.each([{ host: 'evil.example' }, { host: '192.168.1.4:8000' }, { origin: 'https://evil.example' }, { origin: 'null' }, { host: 'localhost.evil.example' }])('refuses a foreign caller %j', async (headers) => {
    const edge = await edgeBefore(echo);
    const answer = await ask(edge, '/api/v1/gateway', { headers: headers as unknown as Record<string, string> });
    expect(answer.statusCode).toBe(403);
    expect((await json(answer)).error).toMatchObject({ code: 'ORIGIN_FORBIDDEN' });
  });

  it.each([{ 'content-length': '5000' }, { 'transfer-encoding': 'chunked' }])('refuses a body over the limit, announced with %j', async (headers) => {
    const edge = await edgeBefore(echo);
    const answer = await ask(edge, '/api/v1/gateway', { method: 'POST', headers: headers as unknown as Record<string, string>, body: Buffer.alloc(5_000) });
    expect(answer.statusCode).toBe(413);
    expect((await json(answer)).error).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  it('passes an answer that came before the whole body was read', async () => {
    const edge = await edgeBefore((_request, response) => response.writeHead(401).end('no'), 10_000_000);
    const answer = await ask(edge, '/api/v1/gateway', { method: 'POST', body: Buffer.alloc(2_000_000) });
    expect(answer.statusCode).toBe(401);
    expect(await text(answer)).toBe('no');
  });
});
