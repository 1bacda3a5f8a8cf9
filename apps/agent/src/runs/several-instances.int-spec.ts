import 'reflect-metadata';
import type { AgentClient } from '@faas/agent-client';
import type { RunningService } from '@faas/bootstrap';
import { describeOnServer } from '@faas/testing';
import { Client } from 'pg';
import { AgentHarness } from '../../test/agent-harness';
import { collect, readUntil } from '../../test/frames';

describeOnServer('TEST_DATABASE_URL', 'several instances on one PostgreSQL', (url) => {
  let harness: AgentHarness;
  let second: RunningService;
  let here: AgentClient;
  let there: AgentClient;
  let database: Client;

  beforeAll(async () => {
    harness = await AgentHarness.start(url);
    second = await harness.startInstance();
    here = harness.client();
    there = harness.client(harness.tenant, second.url);
    await here.putAgent('plain', { instructions: 'Talk.' });
    database = new Client({ connectionString: url });
    await database.connect();
  });
  afterEach(() => harness.reset());
  afterAll(async () => {
    await database.end();
    await second.close();
    await harness.stop();
  });

  const talkForEver = async (through = here) => {
    harness.gateway.answerWith(async (_body, answer) => {
      answer.text('It begins');
      await answer.hang();
    });
    const stream = through.streamChat('plain', { message: 'Talk.' });
    const { data } = await readUntil(stream, 'run.started');
    await readUntil(stream, 'delta');
    return { ...data, stream };
  };

  it('follow each other\'s runs live and cancel them promptly', async () => {
    const { runId, stream } = await talkForEver();
    const following = collect(there.followRun('plain', runId));
    const cancelledAt = performance.now();
    await there.cancelRun('plain', runId);
    const { data } = await readUntil(stream, 'run.finished');
    expect(performance.now() - cancelledAt).toBeLessThan(1_500);
    expect(data.status).toBe('cancelled');
    const frames = await following;
    expect(frames.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(frames.at(-1)).toMatchObject({ event: 'run.finished', data });
  });

  it('take a run over when its lease ran out; the one that held it writes no more', async () => {
    const { runId, stream } = await talkForEver();
    await database.query('BEGIN; SET LOCAL ROLE faas_agent_worker');
    await database.query(`UPDATE agent.work SET lease_until = now() - interval '1 minute' WHERE ref = $1`, [runId]);
    await database.query('COMMIT');
    await expect(collect(stream)).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
    const log = await there.listRunEvents('plain', runId);
    expect(log.data.map(({ type }) => type)).toEqual(['run.started', 'delta', 'error']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await there.listRunEvents('plain', runId)).toEqual(log);
  });

  it('cannot change a run that has ended, whatever they write', async () => {
    const { runId } = await here.chat('plain', { message: 'Hi' });
    await database.query(`BEGIN; SET LOCAL ROLE faas_agent; SELECT set_config('app.tenant', '${harness.tenant}', true)`);
    await expect(database.query(`UPDATE agent.runs SET status = 'running' WHERE id = $1`, [runId])).rejects.toThrow(/has ended as succeeded/);
    await database.query('ROLLBACK');
  });

  it('end their runs as interrupted when they are stopped, without waiting for the lease', async () => {
    const stopping = await harness.startInstance();
    const { runId, threadId, stream } = await talkForEver(harness.client(harness.tenant, stopping.url));
    const ended = collect(stream);
    const stoppedAt = performance.now();
    await Promise.all([stopping.close(), expect(ended).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' })]);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    expect(await there.getRun('plain', runId)).toMatchObject({ status: 'failed', error: { code: 'RUN_INTERRUPTED' } });
    expect(await there.getThread('plain', threadId)).toMatchObject({ activeRunId: null });
  });
});
