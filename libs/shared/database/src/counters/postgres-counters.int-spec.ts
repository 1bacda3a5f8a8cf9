import { counterPortSuite } from '@faas/cache/counters.port-suite';
import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import type { Database } from '../database';
import { openMigratedNotes } from '../test/notes';
import { PostgresCounters } from './postgres-counters';

describeOnEachEngine('PostgresCounters', (engine) => {
  counterPortSuite('a client', async () => {
    const throwaway: ThrowawayDatabase = await engine.create();
    const databases: Database[] = [];
    return {
      open: async () => {
        const source = throwaway.source();
        // Calls on one counter are serial: more connections would only wait for its row.
        const database = await openMigratedNotes(throwaway, { source: source.kind === 'url' ? { ...source, poolSize: 2 } : source });
        databases.push(database);
        return new PostgresCounters(database, 'agent');
      },
      close: async () => {
        await Promise.all(databases.map((database) => database.close()));
        await throwaway.drop();
      },
    };
  });

  it('removes counters and reservations whose time is over', async () => {
    const throwaway = await engine.create();
    const database = await openMigratedNotes(throwaway);
    const counters = new PostgresCounters(database, 'agent');
    const add = (key: string) => counters.add({ key, amount: 1, limit: 1, windowMs: 60_000, shared: true });
    await add('old');
    await counters.reserve({ key: 'old', amount: 1, limit: 9, ttlMs: 1_000, shared: true });
    await throwaway.query('UPDATE agent.counter SET ends_at = 1 WHERE ends_at IS NOT NULL');
    await throwaway.query('UPDATE agent.counter_hold SET expires_at = 1');
    await add('new');
    expect(await throwaway.query('SELECT name FROM agent.counter WHERE ends_at IS NOT NULL')).toEqual([{ name: 's:60000:new' }]);
    expect(await throwaway.query('SELECT id FROM agent.counter_hold')).toEqual([]);
    await database.close();
    await throwaway.drop();
  });
});
