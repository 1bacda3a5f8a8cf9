import { cachePortSuite } from '../cache.port-suite';
import { InProcessCache } from './in-process.adapter';

cachePortSuite('InProcessCache', async () => new InProcessCache({ namespace: 'test' }));

describe('InProcessCache', () => {
  it('holds no more bytes than it may and drops what was least recently used', async () => {
    const cache = new InProcessCache({ namespace: 'test', maxBytes: 4_000 });
    const options = { shared: true, ttlMs: 60_000 };
    for (const key of ['a', 'b', 'c']) await cache.set(key, 'x'.repeat(1_000), options);
    await cache.get('a', options);
    await cache.set('d', 'x'.repeat(1_000), options);
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => [key, (await cache.get(key, options)) !== undefined]));
    expect(Object.fromEntries(kept)).toEqual({ a: true, b: false, c: true, d: true });
    await cache.close();
  });

  it('does not keep a value that alone is over its bound', async () => {
    const cache = new InProcessCache({ namespace: 'test', maxBytes: 100 });
    await cache.set('big', 'x'.repeat(1_000), { shared: true, ttlMs: 60_000 });
    await expect(cache.get('big', { shared: true })).resolves.toBeUndefined();
  });
});
