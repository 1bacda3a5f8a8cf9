import { runInContext, runInTransactionScope, type RequestContext } from '@faas/request-context';
import * as z from 'zod';
import type { Cache } from './cache.port';

const asTenant = (tenant: string): RequestContext => ({ requestId: 'req', principal: { tenant, subject: 'tester', scopes: [] } });

/** What every Cache promises. `open` gives an empty cache. */
export function cachePortSuite(name: string, open: () => Promise<Cache>): void {
  describe(`${name} as a Cache`, () => {
    let cache: Cache;
    const acme = <T>(work: () => Promise<T>) => runInContext(asTenant('acme'), work);

    beforeAll(async () => {
      cache = await open();
    });

    afterAll(() => cache.close());

    it('answers undefined for a key that was never set', async () => {
      await expect(acme(() => cache.get('absent'))).resolves.toBeUndefined();
    });

    it.each([
      ['text', 'Grüße 👋\n"quoted"\u0000'],
      ['a number', 0.1],
      ['null', null],
      ['false', false],
      ['an empty text', ''],
      ['an object', { list: [1, { deep: true }], none: null }],
    ])('gives back %s as it was set', async (_, value) => {
      await acme(() => cache.set('value', value, { ttlMs: 60_000 }));
      await expect(acme(() => cache.get('value'))).resolves.toEqual(value);
    });

    it('replaces a value', async () => {
      await acme(() => cache.set('replaced', 1, { ttlMs: 60_000 }));
      await acme(() => cache.set('replaced', 2, { ttlMs: 60_000 }));
      await expect(acme(() => cache.get('replaced'))).resolves.toBe(2);
    });

    it('gives a copy: a reader that changes it changes nothing', async () => {
      const value = { list: [1] };
      await acme(() => cache.set('copied', value, { ttlMs: 60_000 }));
      value.list.push(2);
      const read = await acme(() => cache.get<{ list: number[] }>('copied'));
      read?.list.push(3);
      await expect(acme(() => cache.get('copied'))).resolves.toEqual({ list: [1] });
    });

    it('forgets a value after its ttl', async () => {
      await acme(() => cache.set('short', 1, { ttlMs: 30 }));
      await acme(() => cache.set('long', 1, { ttlMs: 60_000 }));
      await new Promise((resolve) => setTimeout(resolve, 120));
      await expect(acme(() => cache.get('short'))).resolves.toBeUndefined();
      await expect(acme(() => cache.get('long'))).resolves.toBe(1);
    });

    it('deletes, also what is not there', async () => {
      await acme(() => cache.set('deleted', 1, { ttlMs: 60_000 }));
      await acme(() => cache.delete('deleted'));
      await acme(() => cache.delete('deleted'));
      await expect(acme(() => cache.get('deleted'))).resolves.toBeUndefined();
    });

    it('keeps tenants apart, also those whose names look like keys', async () => {
      const tenants = ['acme', 'acme:x', 'globex'];
      for (const tenant of tenants) await runInContext(asTenant(tenant), () => cache.set('x:key', tenant, { ttlMs: 60_000 }));
      for (const tenant of tenants) await expect(runInContext(asTenant(tenant), () => cache.get('x:key'))).resolves.toBe(tenant);
      await expect(acme(() => cache.get('x:x:key'))).resolves.toBeUndefined();
      await expect(cache.get('x:key', { shared: true })).resolves.toBeUndefined();
    });

    it('shares an entry among tenants only when told so, and then needs no request', async () => {
      await cache.set('prices', [1], { ttlMs: 60_000, shared: true });
      await expect(acme(() => cache.get('prices', { shared: true }))).resolves.toEqual([1]);
      await expect(acme(() => cache.get('prices'))).resolves.toBeUndefined();
      await cache.delete('prices', { shared: true });
      await expect(cache.get('prices', { shared: true })).resolves.toBeUndefined();
    });

    it("refuses a tenant's key outside a request", async () => {
      await expect(cache.get('key')).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('counts an entry of another shape as absent when a schema is given', async () => {
      await acme(() => cache.set('shape', { old: 1 }, { ttlMs: 60_000 }));
      const schema = z.object({ fresh: z.number() });
      await expect(acme(() => cache.get('shape', { schema }))).resolves.toBeUndefined();
      await acme(() => cache.set('shape', { fresh: 1 }, { ttlMs: 60_000 }));
      await expect(acme(() => cache.get('shape', { schema }))).resolves.toEqual({ fresh: 1 });
    });

    it('takes keys and values up to their limits and refuses what is over', async () => {
      const key = 'k'.repeat(512);
      const value = 'v'.repeat(1024 * 1024 - 2);
      await acme(() => cache.set(key, value, { ttlMs: 60_000 }));
      await expect(acme(() => cache.get(key))).resolves.toBe(value);
      await acme(() => cache.delete(key));
      await expect(acme(() => cache.set(`${key}k`, 1, { ttlMs: 1 }))).rejects.toThrow(/1 to 512 characters/);
      await expect(acme(() => cache.get(''))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(acme(() => cache.set('key', `${value}v`, { ttlMs: 1 }))).rejects.toThrow(/1048577 bytes of JSON/);
    });

    it.each([0, -1, 1.5, Number.NaN, 31 * 86_400_000])('refuses a ttl of %d ms', async (ttlMs) => {
      await expect(acme(() => cache.set('key', 1, { ttlMs }))).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('refuses what is not JSON', async () => {
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      for (const value of [undefined, () => 1, 1n, cycle]) {
        await expect(acme(() => cache.set('key', value, { ttlMs: 1_000 }))).rejects.toMatchObject({ code: 'INTERNAL' });
      }
    });

    it('refuses every call while a database transaction is open', async () => {
      const calls = [() => cache.get('k'), () => cache.set('k', 1, { ttlMs: 1 }), () => cache.delete('k'), () => cache.check()];
      for (const call of calls) await expect(acme(() => runInTransactionScope(call))).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
    });

    it('refuses a call of a request that has no time left', async () => {
      const context = { ...asTenant('acme'), deadline: Date.now() - 1 };
      await expect(runInContext(context, () => cache.get('key'))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    });

    it('reports that it serves, and after its close that it does not', async () => {
      const other = await open();
      await expect(other.check()).resolves.toBeUndefined();
      await other.close();
      await other.close();
      await expect(other.check()).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE', retryable: true });
      await expect(other.get('key', { shared: true })).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    });
  });
}
