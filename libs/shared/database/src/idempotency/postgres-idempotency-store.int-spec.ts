import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import type { Database } from '../database';
import { asTenant, openMigratedNotes } from '../test/notes';
import { PostgresIdempotencyStore } from './postgres-idempotency-store';

describeOnEachEngine('PostgresIdempotencyStore', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let store: PostgresIdempotencyStore;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    store = new PostgresIdempotencyStore(database, 'agent');
  });
  afterEach(() => throwaway.query('DELETE FROM agent.idempotency'));
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });

  const answer = { status: 201, contentType: 'application/json', body: '{"id":"x"}' };
  const begin = (overrides: { key?: string; route?: string; bodyHash?: string; tenant?: string } = {}) => {
    const { tenant = 'acme', ...request } = overrides;
    return asTenant(tenant, () => store.begin({ key: 'k', route: 'POST /things', bodyHash: 'h', ...request }));
  };
  const tokenOf = async (state: ReturnType<typeof begin>) => {
    const began = await state;
    if (began.state !== 'started') throw new Error(`Expected to start, but it was ${began.state}.`);
    return began.token;
  };

  it('lets one of many start', async () => {
    const states = (await Promise.all(Array.from({ length: 12 }, () => begin()))).map(({ state }) => state);
    expect(states.filter((state) => state === 'started')).toHaveLength(1);
    expect(states.filter((state) => state === 'in-progress')).toHaveLength(11);
  });

  it('gives the stored answer to a repetition, and refuses another body or route', async () => {
    const token = await tokenOf(begin());
    await asTenant('acme', () => store.complete(token, answer));
    expect(await begin()).toEqual({ state: 'answered', answer });
    expect(await begin({ bodyHash: 'other' })).toEqual({ state: 'other-body' });
    expect(await begin({ route: 'POST /others' })).toEqual({ state: 'other-body' });
  });

  it('keeps the keys of tenants apart', async () => {
    const token = await tokenOf(begin());
    await asTenant('acme', () => store.complete(token, answer));
    expect(await begin({ tenant: 'globex' })).toMatchObject({ state: 'started' });
  });

  it('frees the key when the attempt is abandoned', async () => {
    const token = await tokenOf(begin());
    await asTenant('acme', () => store.abandon(token));
    expect(await begin({ bodyHash: 'other' })).toMatchObject({ state: 'started' });
  });

  it('frees the key of a process that died, whose late answer counts no more', async () => {
    const dead = await tokenOf(begin());
    await throwaway.query(`UPDATE agent.idempotency SET lease_until = clock_timestamp() - interval '1 ms'`);
    const next = await tokenOf(begin());
    await asTenant('acme', () => store.complete(dead, { ...answer, body: 'late' }));
    expect(await begin()).toEqual({ state: 'in-progress' });
    await asTenant('acme', () => store.complete(next, answer));
    await asTenant('acme', () => store.abandon(next));
    expect(await begin()).toEqual({ state: 'answered', answer });
  });

  it('forgets answers after their time', async () => {
    const token = await tokenOf(begin());
    await asTenant('acme', () => store.complete(token, answer));
    const [{ hours } = { hours: 0 }] = await throwaway.query<{ hours: number }>(`SELECT round(extract(epoch FROM expires_at - clock_timestamp()) / 3600)::int AS hours FROM agent.idempotency`);
    expect(hours).toBe(24);
    await throwaway.query(`UPDATE agent.idempotency SET expires_at = clock_timestamp() - interval '1 ms'`);
    await begin({ key: 'other' });
    expect(await throwaway.query('SELECT key FROM agent.idempotency')).toEqual([{ key: 'other' }]);
  });
});
