import { AppError } from '@faas/errors';
import { assertOutsideTransaction, currentContext, requireTenant } from '@faas/request-context';
import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import { once } from 'node:events';
import type { Database } from '../database';
import { FakeLogger } from '../test/fake-logger';
import { addNote, asTenant, noteIds, openMigratedNotes } from '../test/notes';
import { WorkQueue, type ClaimedWork } from './work-queue';
import { WorkRunner, type WorkHandler } from './work-runner';

describeOnEachEngine('WorkRunner', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let queue: WorkQueue;
  let logger: FakeLogger;
  let runner: WorkRunner;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    queue = new WorkQueue(database, 'agent');
  });
  afterEach(async () => {
    await runner.stop();
    await throwaway.query('DELETE FROM agent.work; DELETE FROM agent.note');
  });
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });

  /** Polls so rarely that only wake-ups count. */
  const runnerOf = (handler: WorkHandler, concurrency = 2) => {
    logger = new FakeLogger();
    runner = new WorkRunner({ queue, handlers: { k: handler }, concurrency, pollMs: 3_600_000, logger });
    return runner;
  };
  const enqueue = (ref: string, tenant = 'acme') => asTenant(tenant, () => database.inTenant(() => queue.enqueue({ kind: 'k', ref })));
  const storeAndComplete = (work: ClaimedWork) =>
    database.inTenant(async () => {
      await addNote(database, `${requireTenant()}/${work.ref}`);
      await queue.complete(work);
    });
  const until = async (check: () => boolean | Promise<boolean>) => {
    for (const deadline = Date.now() + 10_000; !(await check()); ) {
      if (Date.now() > deadline) throw new Error('It did not happen within 10 s.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const states = () => throwaway.query<{ state: string; attempts: number }>('SELECT state, attempts FROM agent.work');

  it('does everything as the tenant of each item, never more at once than allowed', async () => {
    let [running, most] = [0, 0];
    runnerOf({
      run: async (work) => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        await storeAndComplete(work);
        running -= 1;
      },
    }).start();
    await Promise.all(Array.from({ length: 10 }, (_, index) => enqueue(`r${index}`, index % 2 ? 'acme' : 'globex')));
    runner.wake();
    await until(async () => (await states()).length === 0);
    expect(most).toBe(2);
    expect(await asTenant('acme', () => noteIds(database))).toEqual(['acme/r1', 'acme/r3', 'acme/r5', 'acme/r7', 'acme/r9']);
  });

  it('may be woken from inside a transaction of a request, of which nothing reaches the handler', async () => {
    const seen: unknown[] = [];
    runnerOf({
      run: async (work) => {
        assertOutsideTransaction('the handler');
        seen.push(currentContext()?.requestId, requireTenant());
        await storeAndComplete(work);
      },
    }).start();
    await enqueue('r', 'globex');
    await asTenant('acme', () =>
      database.inTenant(async () => {
        runner.wake();
      }),
    );
    await until(async () => (await states()).length === 0);
    expect(seen).toEqual([expect.not.stringContaining('request-of'), 'globex']);
  });

  it('tries a retryable failure again and gives up on one that is not', async () => {
    let calls = 0;
    const givenUp: string[] = [];
    runnerOf({
      run: async (work) => {
        calls += 1;
        if (work.ref === 'hopeless') throw new AppError('DOCUMENT_EMPTY', 'Nothing in it.');
        if (work.attempts === 1) throw new AppError('UPSTREAM_FAILED', 'Later.', { retryAfterMs: 1 });
        await storeAndComplete(work);
      },
      giveUp: async (work, error) => {
        givenUp.push(`${work.ref} ${error.code}`);
        await database.inTenant(() => queue.complete(work));
      },
    });
    await enqueue('hopeless');
    await enqueue('flaky');
    await runner.runOnce();
    await until(async () => (await runner.runOnce()) === 0 && (await states()).length === 0);
    expect(givenUp).toEqual(['hopeless DOCUMENT_EMPTY']);
    expect(calls).toBe(3);
    expect(await asTenant('acme', () => noteIds(database))).toEqual(['acme/flaky']);
  });

  it('gives up on work whose processes died five times', async () => {
    const run = jest.fn();
    const givenUp: number[] = [];
    runnerOf({
      run,
      giveUp: async (work) => {
        givenUp.push(work.attempts);
        await database.inTenant(() => queue.complete(work));
      },
    });
    await enqueue('deadly');
    for (let death = 0; death < 5; death += 1) {
      expect(await queue.claim(['k'], 1)).toHaveLength(1);
      await throwaway.query(`UPDATE agent.work SET lease_until = clock_timestamp() - interval '1 ms'`);
    }
    await runner.runOnce();
    expect(run).not.toHaveBeenCalled();
    expect(givenUp).toEqual([6]);
    expect(await states()).toEqual([]);
  });

  it('tells its handlers when the process ends, and gives their work back without counting an attempt', async () => {
    let started = false;
    runnerOf({
      run: async (_work, signal) => {
        started = true;
        await once(signal, 'abort');
        signal.throwIfAborted();
      },
    }).start();
    await enqueue('long');
    runner.wake();
    await until(() => started);
    await runner.stop();
    expect(await states()).toEqual([{ state: 'queued', attempts: 0 }]);
  });

  it('tells a handler that another process took its work over', async () => {
    jest.useFakeTimers({ doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] });
    try {
      const reasons: unknown[] = [];
      runnerOf({
        run: async (_work, signal) => {
          if (!signal.aborted) await once(signal, 'abort');
          reasons.push((signal.reason as AppError).code);
          throw signal.reason;
        },
      }).start();
      await enqueue('contested');
      runner.wake();
      await until(async () => (await states())[0]?.state === 'leased');
      await throwaway.query(`UPDATE agent.work SET lease_until = clock_timestamp() - interval '1 ms'`);
      expect(await new WorkQueue(database, 'agent').claim(['k'], 1)).toHaveLength(1);
      await until(() => {
        jest.advanceTimersByTime(5_000);
        return reasons.length > 0;
      });
      expect(reasons).toEqual(['LEASE_LOST']);
      expect(await states()).toEqual([{ state: 'leased', attempts: 2 }]);
    } finally {
      jest.useRealTimers();
    }
  });
});
