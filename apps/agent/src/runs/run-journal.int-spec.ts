import 'reflect-metadata';
import { newId } from '@faas/api';
import { Database, WorkQueue } from '@faas/database';
import { openTemporaryPostgres } from '@faas/embedded-postgres';
import { AppError } from '@faas/errors';
import { createLogger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import { AgentStore } from '../agents/agent.store';
import { entities, migrations } from '../database/data-source';
import type { LoopStep } from '../loop/loop-step';
import { ThreadStore } from '../threads/thread.store';
import { noChange } from './run-change';
import { RUN_WORK, type RunClaim } from './run-claim';
import { RunEventsHub } from './run-events.hub';
import { RunJournal } from './run-journal';
import { RunStore, type RunPosition } from './run.store';

const logger = createLogger({ service: 'spec', level: 'error' });
const context = { requestId: 'request-1', principal: { tenant: 'acme', subject: 'spec', scopes: [] } };
const busy = () => new AppError('DATABASE_BUSY', 'The database is too busy at present.');
const away = () => new AppError('DATABASE_UNAVAILABLE', 'The database does not answer.');
const modelCall: LoopStep[] = [
  { type: 'model-call.started', step: 1 },
  { type: 'model-call.finished', step: 1, text: 'Hi', toolCalls: [], model: 'm', usage: { inputTokens: 2, outputTokens: 1 } },
];

let database: Database;
let runs: RunStore;

beforeAll(async () => {
  database = await Database.open({ service: 'agent', entities, migrations, logger, source: { kind: 'embedded', ...(await openTemporaryPostgres()) } });
  await database.migrate();
  runs = new RunStore(database);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => database.close());

const inTenant = <T>(work: () => Promise<T>): Promise<T> => runInContext(context, () => database.inTenant(work));

async function openJournal(): Promise<{ claim: RunClaim; journal: RunJournal; failures: unknown[] }> {
  const failures: unknown[] = [];
  const { claim, position } = await inTenant(async (): Promise<{ claim: RunClaim; position: RunPosition }> => {
    const { agent } = await new AgentStore(database).upsert({ name: 'plain', instructions: 'Talk.', model: null, tools: [], limits: { maxSteps: 1, timeoutMs: 1_000 } });
    const [runId, threadId] = [newId('run'), newId('thr')];
    await new ThreadStore(database).create({ id: threadId, agentId: agent.id, runId, firstMessage: 'Hi' });
    const work = await new WorkQueue(database, 'agent').enqueueClaimed({ kind: RUN_WORK, ref: runId });
    await runs.insert({ id: runId, agentId: agent.id, threadId, subject: 'spec', keyId: null, requestId: 'request-1' }, work.fence);
    const claim = { runId, threadId, agentId: agent.id, work };
    return { claim, position: await runs.append(claim, noChange) };
  });
  return { claim, failures, journal: new RunJournal(database, runs, new RunEventsHub(), claim, position, (error) => failures.push(error)) };
}

/** Records the steps, and writes what is left as the end of the run does. */
async function recordAll(journal: RunJournal, claim: RunClaim, steps: readonly LoopStep[]): Promise<void> {
  await runInContext(context, async () => {
    for (const step of steps) await journal.record(step);
  });
  const rest = await runInContext(context, () => journal.close());
  await inTenant(() => runs.append(claim, rest));
}

const deltas = (from: number, count: number): LoopStep[] => Array.from({ length: count }, (_, index) => ({ type: 'delta', text: `${from + index} ` }));
const textOf = async ({ runId }: RunClaim) => (await inTenant(() => runs.events(runId, 0, 100))).map(({ data }) => data['text']).join('');

describe('RunJournal', () => {
  it('goes on in order after the database was busy', async () => {
    const { claim, journal, failures } = await openJournal();
    jest.spyOn(database, 'inTenant').mockRejectedValueOnce(busy()).mockRejectedValueOnce(away());
    await recordAll(journal, claim, [...deltas(0, 20), ...modelCall, ...deltas(20, 20)]);
    expect(await textOf(claim)).toBe(Array.from({ length: 40 }, (_, index) => `${index} `).join(''));
    expect(failures).toEqual([]);
  });

  it('writes nothing twice when only the answer to a commit was lost', async () => {
    const { claim, journal } = await openJournal();
    const original = database.inTenant.bind(database);
    let lost = 0;
    jest.spyOn(database, 'inTenant').mockImplementation(async (work) => {
      const result = await original(work);
      if (lost++ % 2 === 0) throw away();
      return result;
    });
    const steps = [...deltas(0, 16), ...modelCall, ...deltas(16, 16), { ...modelCall[0], step: 2 } as LoopStep];
    await runInContext(context, async () => {
      for (const step of steps) await journal.record(step);
    });
    jest.restoreAllMocks();
    await recordAll(journal, claim, []);
    expect(await textOf(claim)).toBe(Array.from({ length: 32 }, (_, index) => `${index} `).join(''));
    expect(await inTenant(() => runs.get(claim.agentId, claim.runId))).toMatchObject({ steps: 1, inputTokens: 2, outputTokens: 1 });
  });

  it('stops at once when another process took the run', async () => {
    const { claim, journal } = await openJournal();
    await inTenant(() => runs.takeOver(claim.runId, '2'));
    const writes = jest.spyOn(database, 'inTenant');
    await expect(runInContext(context, () => journal.record(modelCall[0]!))).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
    expect(writes).toHaveBeenCalledTimes(1);
  });
});
