import { HttpClient } from '@faas/http-client';
import { runInContext } from '@faas/request-context';
import { ScriptedLogger } from '@faas/testing';
import { cachePortSuite } from '../cache.port-suite';
import { FakeUpstashServer } from '../fake-upstash-server';
import { HttpCache } from './http.adapter';

let server: FakeUpstashServer;

beforeAll(async () => {
  server = await FakeUpstashServer.start('token');
});

afterAll(() => server.stop());

function open(options: { token?: string; baseUrl?: string; timeoutMs?: number } = {}): HttpCache {
  const { token = 'token', baseUrl = server.url, timeoutMs = 2_000 } = options;
  const client = new HttpClient({ name: 'cache-service', baseUrl, logger: new ScriptedLogger(), timeoutMs, headers: () => ({ authorization: `Bearer ${token}` }) });
  return new HttpCache(client, { namespace: 'test', timeoutMs });
}

cachePortSuite('HttpCache', async () => open());

describe('HttpCache', () => {
  const shared = { shared: true, ttlMs: 60_000 };
  let cache: HttpCache;

  beforeEach(() => {
    server.delayMs = 0;
    server.failures.length = 0;
    cache = open();
  });

  afterEach(() => cache.close());

  it('repeats a call that the server could not take', async () => {
    await cache.set('key', 1, shared);
    server.failures.push({ status: 503, body: '{"error":"busy"}' });
    await expect(cache.get('key', shared)).resolves.toBe(1);
  });

  it('names the variable when the token is wrong', async () => {
    const other = open({ token: 'wrong' });
    await expect(other.get('key', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: false, message: expect.stringContaining('CACHE_SERVICE_TOKEN') });
    await other.close();
  });

  it('reports what the server says of a command it refuses', async () => {
    server.failures.push({ status: 400, body: '{"error":"ERR max request size exceeded"}' });
    await expect(cache.get('key', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: false, message: expect.stringContaining('max request size') });
  });

  it.each(['<html>proxy</html>', '[]', '{"result":{"not":"text"}}', ''])('reports the answer %j instead of a value', async (body) => {
    server.failures.push({ status: 200, body });
    await expect(cache.get('key', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
  });

  it('gives up after its time', async () => {
    const hasty = open({ timeoutMs: 100 });
    server.delayMs = 400;
    await expect(hasty.get('key', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: true });
    await hasty.close();
  });

  it('gives up when the request has no time left', async () => {
    server.delayMs = 400;
    const work = runInContext({ requestId: 'req', deadline: Date.now() + 80 }, () => cache.get('key', shared));
    await expect(work).rejects.toMatchObject({ retryable: true, status: expect.any(Number) });
  });

  it('is unavailable when nobody listens', async () => {
    const gone = await FakeUpstashServer.start('token');
    const { url } = gone;
    await gone.stop();
    const lost = open({ baseUrl: url });
    await expect(lost.get('key', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: true });
    await lost.close();
  });
});
