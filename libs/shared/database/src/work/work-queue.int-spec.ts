import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import type { Database } from '../database';
import { addNote, asTenant, noteIds, openMigratedNotes } from '../test/notes';
import { WorkQueue } from './work-queue';

describeOnEachEngine('WorkQueue', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let queue: WorkQueue;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    queue = new WorkQueue(database, 'agent');
  });
  afterEach(() => throwaway.query('DELETE FROM agent.work; DELETE FROM agent.note'));
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });

  const enqueue = (ref: string, tenant = 'acme', runAt?: Date) => asTenant(tenant, () => database.inTenant(() => queue.enqueue({ kind: 'k', ref, ...(runAt ? { runAt } : {}) })));
  /** As if the process had not been heard of for the length of a lease. */
  const expireLeases = () => throwaway.query(`UPDATE agent.work SET lease_until = clock_timestamp() - interval '1 ms'`);
  const states = () => throwaway.query(`SELECT ref, state, attempts, last_error FROM agent.work ORDER BY id`);

  it('hands each item to one of many claimers, whatever its tenant', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => enqueue(`r${index}`, index % 2 ? 'acme' : 'globex')));
    const claimers = Array.from({ length: 8 }, () => new WorkQueue(database, 'agent'));
    const claims = await Promise.all(claimers.map((claimer) => claimer.claim(['k'], 10)));
    const refs = claims.flat().map(({ ref }) => ref);
    expect(new Set(refs).size).toBe(refs.length);
    const rest = await queue.claim(['k'], 100);
    expect(refs.length + rest.length).toBe(40);
    expect(new Set([...claims.flat(), ...rest].map(({ tenant }) => tenant))).toEqual(new Set(['acme', 'globex']));
    expect(await queue.claim(['k'], 100)).toEqual([]);
  });

  it('keeps an item of a rolled-back transaction from everyone', async () => {
    const failing = asTenant('acme', () =>
      database.inTenant(async () => {
        await queue.enqueue({ kind: 'k', ref: 'r' });
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await queue.claim(['k'], 10)).toEqual([]);
  });

  it('claims only known kinds that are due', async () => {
    await enqueue('later', 'acme', new Date(Date.now() + 60_000));
    await enqueue('now');
    expect(await queue.claim(['other'], 10)).toEqual([]);
    expect((await queue.claim(['k'], 10)).map(({ ref }) => ref)).toEqual(['now']);
  });

  it('gives an item whose process died to the next, and lets the dead one write nothing', async () => {
    await enqueue('r');
    const [lost] = await queue.claim(['k'], 1);
    await expireLeases();
    const [taken] = await queue.claim(['k'], 1);
    expect(taken).toMatchObject({ id: lost!.id, attempts: 2 });

    expect(await queue.heartbeat(lost!)).toBe(false);
    const zombie = asTenant('acme', () =>
      database.inTenant(async () => {
        await addNote(database, 'of-the-zombie');
        await queue.complete(lost!);
      }),
    );
    await expect(zombie).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(queue.fail(lost!, 'final', new Error('x'))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await queue.giveBack(lost!);
    expect(await asTenant('acme', () => noteIds(database))).toEqual([]);

    await asTenant('acme', () =>
      database.inTenant(async () => {
        await addNote(database, 'of-the-second');
        await queue.complete(taken!);
      }),
    );
    expect(await asTenant('acme', () => noteIds(database))).toEqual(['of-the-second']);
    expect(await states()).toEqual([]);
  });

  it('keeps a lease that is renewed', async () => {
    await enqueue('r');
    const [work] = await queue.claim(['k'], 1);
    await expireLeases();
    expect(await queue.heartbeat(work!)).toBe(true);
    expect(await queue.claim(['k'], 1)).toEqual([]);
  });

  it('creates work that is claimed already, and is found when its process dies', async () => {
    const work = await asTenant('acme', () => database.inTenant(() => queue.enqueueClaimed({ kind: 'k', ref: 'chat' })));
    expect(work).toMatchObject({ tenant: 'acme', ref: 'chat', attempts: 1 });
    expect(await queue.claim(['k'], 1)).toEqual([]);
    expect(await queue.heartbeat(work)).toBe(true);
    await expireLeases();
    expect(await queue.claim(['k'], 1)).toMatchObject([{ ref: 'chat', attempts: 2 }]);
  });

  it('tries again after a failure, or never after a final one, and keeps the reason without content', async () => {
    await enqueue('again');
    await enqueue('never');
    const [again, never] = await queue.claim(['k'], 2);
    await queue.fail(again!, { retryInMs: 0 }, new Error('secret content'));
    await queue.fail(never!, 'final', new TypeError('secret content'));
    expect(await states()).toEqual([
      { ref: 'again', state: 'queued', attempts: 1, last_error: 'Error' },
      { ref: 'never', state: 'failed', attempts: 1, last_error: 'TypeError' },
    ]);
    expect(await queue.claim(['k'], 10)).toMatchObject([{ ref: 'again' }]);
  });

  it('lets a tenant neither see nor complete the work of another', async () => {
    await enqueue('r', 'globex');
    const [work] = await queue.claim(['k'], 1);
    await expect(asTenant('acme', () => database.inTenant(() => queue.complete(work!)))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await asTenant('acme', () => database.inTenant(() => database.manager.query('SELECT * FROM agent.work')))).toEqual([]);
  });
});
