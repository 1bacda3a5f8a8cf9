import 'reflect-metadata';
import { newId } from '@faas/api';
import { Database, Outbox, OutboxRelay, WorkQueue } from '@faas/database';
import { openTemporaryPostgres } from '@faas/embedded-postgres';
import { AppError } from '@faas/errors';
import type { DomainEvent } from '@faas/events';
import { createLogger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import { FakeEventBus } from '../../test/fake-event-bus';
import { AgentStore } from '../agents/agent.store';
import { entities, migrations } from '../database/data-source';
import { MessageStore } from '../threads/message.store';
import { ThreadStore } from '../threads/thread.store';
import { noChange, type RunEnd } from './run-change';
import { RUN_WORK, type RunClaim } from './run-claim';
import { RunCloser } from './run-closer';
import { RunEventsHub } from './run-events.hub';
import { RunStore } from './run.store';

const logger = createLogger({ service: 'spec', level: 'error' });
const context = { requestId: 'request-1', principal: { tenant: 'acme', subject: 'spec', scopes: [] } };
const succeeded: RunEnd = { status: 'succeeded', message: 'Done.', citations: [], error: null };

let database: Database;
let queue: WorkQueue;
let outbox: Outbox;
let runs: RunStore;
let threads: ThreadStore;
let closer: RunCloser;

beforeAll(async () => {
  database = await Database.open({ service: 'agent', entities, migrations, logger, source: { kind: 'embedded', ...(await openTemporaryPostgres()) } });
  await database.migrate();
  queue = new WorkQueue(database, 'agent');
  outbox = new Outbox(database, 'agent');
  runs = new RunStore(database);
  threads = new ThreadStore(database);
  // Never started: what it would send stays to be looked at.
  const relay = new OutboxRelay({ outbox, bus: new FakeEventBus(), logger });
  closer = new RunCloser(database, runs, threads, new MessageStore(database), queue, outbox, new RunEventsHub(), relay);
});
afterAll(() => database.close());

const inTenant = <T>(work: () => Promise<T>): Promise<T> => runInContext(context, () => database.inTenant(work));
const close = (claim: RunClaim, end: RunEnd) => runInContext(context, () => closer.close(claim, noChange, end));

async function beginRun(): Promise<RunClaim> {
  return inTenant(async () => {
    const { agent } = await new AgentStore(database).upsert({ name: 'plain', instructions: 'Talk.', model: null, tools: [], limits: { maxSteps: 1, timeoutMs: 1_000 } });
    const [runId, threadId] = [newId('run'), newId('thr')];
    await threads.create({ id: threadId, agentId: agent.id, runId, firstMessage: 'Hi' });
    const work = await queue.enqueueClaimed({ kind: RUN_WORK, ref: runId });
    await runs.insert({ id: runId, agentId: agent.id, threadId, subject: 'spec', keyId: null, requestId: 'request-1' }, work.fence);
    return { runId, threadId, agentId: agent.id, work };
  });
}

async function sentEvents(): Promise<readonly DomainEvent[]> {
  const bus = new FakeEventBus();
  await outbox.relay(bus);
  return bus.events;
}

describe('RunCloser', () => {
  it('ends a run in one transaction and tells the rest of the system, with ids and no content', async () => {
    const claim = await beginRun();
    expect(await close(claim, succeeded)).toMatchObject({ event: 'run.finished', data: { runId: claim.runId, message: 'Done.' } });
    expect(await inTenant(() => runs.get(claim.agentId, claim.runId))).toMatchObject({ status: 'succeeded', lastSeq: 1 });
    expect(await inTenant(() => threads.get(claim.agentId, claim.threadId))).toMatchObject({ activeRunId: null });
    expect(await queue.heartbeat(claim.work)).toBe(false);
    const { runId, threadId, agentId } = claim;
    expect(await sentEvents()).toMatchObject([{ subject: 'faas.agent.run.finished', tenant: 'acme', data: { runId, threadId, agentId, status: 'succeeded' } }]);
  });

  it('ends each run once: the second attempt changes nothing', async () => {
    const claim = await beginRun();
    await close(claim, succeeded);
    await sentEvents();
    await expect(close(claim, { ...succeeded, status: 'cancelled', message: 'Late.' })).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
    expect(await inTenant(() => runs.get(claim.agentId, claim.runId))).toMatchObject({ status: 'succeeded', message: 'Done.', lastSeq: 1 });
    expect(await sentEvents()).toEqual([]);
  });

  it('ends a run although the database is busy, and once when only the answer to the commit was lost', async () => {
    const claim = await beginRun();
    const original = database.inTenant.bind(database);
    const attempts = jest.spyOn(database, 'inTenant').mockRejectedValueOnce(new AppError('DATABASE_BUSY', 'Too busy.'));
    attempts.mockImplementationOnce(async (work) => {
      await original(work);
      throw new AppError('DATABASE_UNAVAILABLE', 'No answer.');
    });
    expect(await close(claim, succeeded)).toMatchObject({ event: 'run.finished', data: { message: 'Done.' } });
    attempts.mockRestore();
    expect(await inTenant(() => runs.get(claim.agentId, claim.runId))).toMatchObject({ status: 'succeeded', lastSeq: 1 });
    expect(await sentEvents()).toHaveLength(1);
  });

  it('leaves a run alone whose lease another process took', async () => {
    const claim = await beginRun();
    const taken = await inTenant(() => runs.takeOver(claim.runId, '2'));
    expect(taken).toMatchObject({ fence: '2', status: 'running' });
    await expect(close(claim, succeeded)).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
    expect(await inTenant(() => runs.takeOver(claim.runId, '1'))).toBeUndefined();
    expect(await inTenant(() => runs.get(claim.agentId, claim.runId))).toMatchObject({ status: 'running', lastSeq: 0 });
  });

  it('numbers events without gaps however the writes of a run are cut', async () => {
    const claim = await beginRun();
    const delta = (text: string) => ({ event: 'delta' as const, data: { text } });
    for (const size of [3, 0, 1, 5]) await inTenant(() => runs.append(claim, { ...noChange, events: Array.from({ length: size }, (_, index) => delta(`${size}.${index}`)) }));
    const events = await inTenant(() => runs.events(claim.runId, 0, 100));
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(events.map(({ data }) => data['text'])).toEqual(['3.0', '3.1', '3.2', '1.0', '5.0', '5.1', '5.2', '5.3', '5.4']);
  });
});
