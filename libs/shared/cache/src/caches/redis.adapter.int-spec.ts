import { runInContext } from '@faas/request-context';
import { FaultyLink, ScriptedLogger, describeOnServer } from '@faas/testing';
import { cachePortSuite } from '../cache.port-suite';
import { RedisConnection } from '../redis/redis-connection';
import { RedisCache } from './redis.adapter';

describeOnServer('TEST_REDIS_URL', 'RedisCache on Redis', (url) => {
  const namespace = `test-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const shared = { shared: true, ttlMs: 60_000 };

  cachePortSuite('RedisCache', async () => new RedisCache(await RedisConnection.open({ url, name: 'test', logger: new ScriptedLogger() }), { namespace }));

  describe('when the connection breaks', () => {
    let link: FaultyLink;
    let logger: ScriptedLogger;
    let cache: RedisCache;

    beforeEach(async () => {
      link = await FaultyLink.to(new URL(url));
      logger = new ScriptedLogger();
      const connection = await RedisConnection.open({ url: link.url, name: 'test', logger, commandTimeoutMs: 300, graceMs: 500 });
      cache = new RedisCache(connection, { namespace, timeoutMs: 1_000 });
      await cache.set('kept', 1, shared);
    });

    afterEach(async () => {
      await cache.close();
      await link.stop();
    });

    it('answers through a short loss without the caller noticing', async () => {
      link.cut();
      link.restore();
      await expect(cache.get('kept', shared)).resolves.toBe(1);
    });

    it('fails at once during a long outage, instead of piling up calls, and serves again by itself', async () => {
      link.cut();
      await expect(cache.get('kept', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const startedAt = performance.now();
      const calls = await Promise.allSettled(Array.from({ length: 200 }, () => cache.get('kept', shared)));
      expect(calls.every(({ status }) => status === 'rejected')).toBe(true);
      expect(performance.now() - startedAt).toBeLessThan(400);
      link.restore();
      await until(() => logger.events('info').includes('redis.reconnected'));
      await expect(cache.get('kept', shared)).resolves.toBe(1);
      expect(logger.events('warn')).toEqual(['redis.connection-lost']);
    });

    it('gives up on a server that takes commands and never answers', async () => {
      link.silent = true;
      await expect(cache.get('kept', shared)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', message: expect.stringContaining('timed out') });
    });

    it('waits no longer than the request has left', async () => {
      link.silent = true;
      const startedAt = performance.now();
      const work = runInContext({ requestId: 'req', deadline: Date.now() + 100 }, () => cache.get('kept', shared));
      await expect(work).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
      expect(performance.now() - startedAt).toBeLessThan(250);
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  const endsAt = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error('The condition did not come true within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
