import { FaultyLink, ScriptedLogger, describeOnServer } from '@faas/testing';
import { Redis } from 'ioredis';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Counters } from '../counters.port';
import { counterPortSuite } from '../counters.port-suite';
import { openRedisCounters } from '../create-cache';
import type { RedisCounters } from './redis.adapter';

const LONG_MS = 366 * 86_400_000;
const workspaceRoot = join(__dirname, '../../../../..');
const run = promisify(execFile);

describeOnServer('TEST_REDIS_URL', 'RedisCounters on Redis', (url) => {
  const service = `test-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const open = (redisUrl = url): Promise<RedisCounters> => openRedisCounters({ redisUrl, service, logger: new ScriptedLogger(), timeoutMs: 10_000 });
  let redis: Redis;

  beforeAll(async () => {
    redis = new Redis(url, { lazyConnect: true });
    await redis.connect();
  });

  afterAll(() => redis.quit());

  counterPortSuite('RedisCounters', async () => {
    const clients: RedisCounters[] = [];
    return {
      open: async (): Promise<Counters> => {
        const client = await open();
        clients.push(client);
        return client;
      },
      close: async () => {
        await Promise.all(clients.map((client) => client.close()));
      },
    };
  });

  it('admits exactly the limit to three processes at once', async () => {
    const tsx = [join(workspaceRoot, 'node_modules/tsx/dist/cli.mjs'), '--tsconfig', join(workspaceRoot, 'tsconfig.base.json')];
    const script = [join(__dirname, 'racing-adds.ts'), url, service, 'processes', '333', '250'];
    const racers = Array.from({ length: 3 }, () => run(process.execPath, [...tsx, ...script], { env: { ...process.env, NODE_OPTIONS: '' } }));
    const admitted = (await Promise.all(racers)).map(({ stdout }) => Number(stdout));
    expect(admitted.reduce((sum, one) => sum + one, 0)).toBe(333);
  }, 60_000);

  it('goes on after the server lost its scripts', async () => {
    const counters = await open();
    const request = { key: 'flushed', shared: true, amount: 1, limit: 10, windowMs: LONG_MS };
    await counters.add(request);
    await redis.script('FLUSH');
    await expect(counters.add(request)).resolves.toMatchObject({ admitted: true, value: 2 });
    await counters.close();
  });

  it('leaves nothing without an end, except counters that never reset', async () => {
    const counters = await open();
    const reservation = await counters.reserve({ key: 'ends', shared: true, amount: 1, limit: 10, ttlMs: 5_000, windowMs: 60_000 });
    if (reservation.admitted) await counters.settle(reservation, 1);
    const keys = await redis.keys(`faas:${service}:counter:*ends*`);
    expect(keys).not.toHaveLength(0);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
    await counters.close();
  });

  it('keeps all keys of a counter in one slot of a cluster, whatever the key', async () => {
    const counters = await open();
    const reservation = await counters.reserve({ key: 'odd}{key', shared: true, amount: 1, limit: 10, ttlMs: 5_000 });
    expect(reservation.admitted).toBe(true);
    const keys = await redis.keys(`faas:${service}:counter:*odd*`);
    expect(keys).toHaveLength(4);
    const tags = keys.map((key) => /^[^{]*\{([^}]+)\}(?::[a-z]+)?$/.exec(key)?.[1]);
    expect(new Set(tags).size).toBe(1);
    expect(tags[0]).toBeDefined();
    await counters.close();
  });

  it('never repeats an add whose answer was lost', async () => {
    const link = await FaultyLink.to(new URL(url));
    const counters = await open(link.url);
    const request = { key: 'lost', shared: true, amount: 1, limit: 10, windowMs: LONG_MS };
    await counters.add(request);
    link.silent = true;
    const lost = counters.add(request);
    await new Promise((resolve) => setTimeout(resolve, 50));
    link.cut();
    await expect(lost).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    link.silent = false;
    link.restore();
    await expect(counters.add({ ...request, amount: 0 })).resolves.toMatchObject({ value: 1 });
    await counters.close();
    await link.stop();
  });
});
