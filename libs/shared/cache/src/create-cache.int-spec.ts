import { ScriptedLogger, describeOnServer } from '@faas/testing';
import { createServer, type AddressInfo } from 'node:net';
import { createCache, openRedisCounters } from './create-cache';
import { DegradingCache } from './caches/degrading.decorator';
import { HttpCache } from './caches/http.adapter';
import { InProcessCache } from './caches/in-process.adapter';
import { RedisCache } from './caches/redis.adapter';

const settings = { service: 'test', logger: new ScriptedLogger() };

describe('createCache', () => {
  it('keeps values in process when nothing is configured', async () => {
    const cache = await createCache(settings);
    expect(cache).toBeInstanceOf(InProcessCache);
    await cache.close();
  });

  it('uses the HTTP cache without calling it at the start, and demands its token', async () => {
    const cache = await createCache({ ...settings, cacheServiceUrl: 'http://127.0.0.1:1', cacheServiceToken: 'token' });
    expect(cache).toBeInstanceOf(HttpCache);
    await cache.close();
    await expect(createCache({ ...settings, cacheServiceUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('CACHE_SERVICE_TOKEN'),
    });
  });

  it('degrades only when told so', async () => {
    const cache = await createCache({ ...settings, onOutage: 'miss' });
    expect(cache).toBeInstanceOf(DegradingCache);
    await cache.close();
  });

  it.each([
    ['nobody listens', 'redis://:hush@127.0.0.1:1', /REDIS_URL: Redis at redis:\/\/127\.0\.0\.1:1 is not usable \(.*ECONNREFUSED/],
    ['the host does not exist', 'redis://host.invalid:6379', /REDIS_URL: Redis at redis:\/\/host\.invalid:6379 is not usable/],
    ['the scheme is another', 'http://:hush@localhost:6379', /REDIS_URL: expected redis:\/\//],
    ['it is no URL', 'localhost:6379:hush', /REDIS_URL: expected redis:\/\//],
  ])('ends the start with one clear line when %s', async (_, redisUrl, message) => {
    for (const start of [createCache, openRedisCounters]) {
      const open = start({ ...settings, redisUrl });
      await expect(open).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
      await expect(open).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
    }
  });

  it('ends the start when something listens that is not Redis', async () => {
    const silent = createServer(() => undefined);
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const server of [silent, web]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const redisUrl = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await expect(createCache({ ...settings, redisUrl })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('REDIS_URL') });
      server.close();
    }
  });
});

describeOnServer('TEST_REDIS_URL', 'createCache on Redis', (url) => {
  it('connects to REDIS_URL first of all', async () => {
    const cache = await createCache({ ...settings, redisUrl: url, cacheServiceUrl: 'http://127.0.0.1:1', cacheServiceToken: 'token' });
    expect(cache).toBeInstanceOf(RedisCache);
    await cache.close();
  });

  it('ends the start when the password is wrong, without printing it', async () => {
    const wrong = new URL(url);
    wrong.username = 'nobody';
    wrong.password = 'hush';
    const open = createCache({ ...settings, redisUrl: wrong.href });
    await expect(open).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/REDIS_URL: .*WRONGPASS/) });
    await expect(open).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });
});
