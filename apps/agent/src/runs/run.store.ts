import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import { In, IsNull, MoreThan, Not } from 'typeorm';
import type { RunChange, RunEnd } from './run-change';
import type { RunClaim } from './run-claim';
import { RunEventEntity } from './run-event.entity';
import { RunEntity } from './run.entity';
import { storableJson, storableText } from './storable-json';

/** How far a run is written down; every write that must not be repeated moves it. */
export type RunPosition = Pick<RunEntity, 'lastSeq' | 'steps'>;

export type NewRun = Pick<RunEntity, 'id' | 'agentId' | 'threadId' | 'subject' | 'keyId' | 'requestId'>;

/**
 * Runs and their logs. Everything happens inside the caller's transaction (`Database.inTenant`).
 *
 * Promise: events of a run are numbered without gaps in the transaction that changes the run. A run that has ended, or
 * whose lease went to another process, is never written: `append` and `end` throw RUN_INTERRUPTED then.
 */
export class RunStore {
  constructor(private readonly database: Database) {}

  async insert(run: NewRun, fence: string): Promise<void> {
    await this.database.manager.query(
      `INSERT INTO agent.runs (id, agent_id, thread_id, fence, subject, key_id, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [run.id, run.agentId, run.threadId, fence, run.subject, run.keyId, run.requestId],
    );
  }

  /** @throws AppError RUN_NOT_FOUND also for another agent's run. */
  async get(agentId: string, id: string): Promise<RunEntity> {
    const run = await this.database.manager.findOneBy(RunEntity, { id, agentId });
    if (!run) throw new AppError('RUN_NOT_FOUND', `This agent has no run "${id}".`);
    return run;
  }

  find(id: string): Promise<RunEntity | null> {
    return this.database.manager.findOneBy(RunEntity, { id });
  }

  /** As `find`; waits for a write, or a commit, that is under way. */
  lock(id: string): Promise<RunEntity | null> {
    return this.database.manager.findOne(RunEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** One statement: the run moves on and its log grows, or nothing happens. */
  async append({ runId, work }: RunClaim, change: RunChange): Promise<RunPosition> {
    const [position] = await this.database.manager.query<RunPosition[]>(
      `WITH run AS (
         UPDATE agent.runs
            SET last_seq = last_seq + jsonb_array_length($3::jsonb), steps = steps + $4,
                input_tokens = input_tokens + $5, output_tokens = output_tokens + $6, model = coalesce($7, model)
          WHERE id = $1 AND fence = $2 AND status = 'running'
        RETURNING id, last_seq, steps, last_seq - jsonb_array_length($3::jsonb) AS seq_before
       ), logged AS (
         INSERT INTO agent.run_events (run_id, seq, type, data)
         SELECT run.id, run.seq_before + entry.position, entry.value ->> 'event', entry.value -> 'data'
           FROM run, jsonb_array_elements($3::jsonb) WITH ORDINALITY AS entry (value, position)
       ), journalled AS (
         INSERT INTO agent.run_steps (run_id, key, step, kind, state, input, output, finished_at)
         SELECT run.id, entry.key, entry.step, entry.kind, entry.state, entry.input, entry.output,
                CASE WHEN entry.state <> 'started' THEN now() END
           FROM run, jsonb_to_recordset($8::jsonb) AS entry (key text, step int, kind text, state text, input jsonb, output jsonb)
         ON CONFLICT (run_id, key) DO UPDATE
            SET state = excluded.state, output = excluded.output, finished_at = excluded.finished_at
       )
       SELECT last_seq AS "lastSeq", steps FROM run`,
      [runId, work.fence, storableJson(change.events), change.modelCalls, change.inputTokens, change.outputTokens, change.model ?? null, storableJson(change.steps)],
    );
    if (!position) throw lost(runId);
    return position;
  }

  /**
   * As `append`, after an attempt that may have been committed although its answer was lost.
   *
   * @param from where the run stood before the first attempt.
   */
  async appendOnce(claim: RunClaim, change: RunChange, from: RunPosition): Promise<RunPosition> {
    const run = await this.lock(claim.runId);
    if (run?.fence !== claim.work.fence || run.status !== 'running') throw lost(claim.runId);
    const { lastSeq, steps } = run;
    return lastSeq === from.lastSeq && steps === from.steps ? this.append(claim, change) : { lastSeq, steps };
  }

  /** Makes the run's state final. */
  async end({ runId, work }: RunClaim, end: RunEnd): Promise<RunEntity> {
    const rows: unknown[] = await this.database.manager.query(
      `WITH run AS (
         UPDATE agent.runs SET status = $3, message = $4, citations = $5::jsonb, error = $6::jsonb, finished_at = now()
          WHERE id = $1 AND fence = $2 AND status = 'running'
        RETURNING id
       ) SELECT id FROM run`,
      [runId, work.fence, end.status, end.message === null ? null : storableText(end.message), storableJson(end.citations), end.error === null ? null : storableJson(end.error)],
    );
    if (rows.length === 0) throw lost(runId);
    return this.database.manager.findOneByOrFail(RunEntity, { id: runId });
  }

  /**
   * Moves a running run to the fence of a newer lease, so that its former owner can write no more.
   *
   * @returns the run, or undefined when it has ended already.
   */
  async takeOver(runId: string, fence: string): Promise<RunEntity | undefined> {
    await this.database.manager.query(`UPDATE agent.runs SET fence = $2 WHERE id = $1 AND status = 'running' AND fence < $2`, [runId, fence]);
    const run = await this.database.manager.findOneBy(RunEntity, { id: runId, fence, status: 'running' });
    return run ?? undefined;
  }

  async requestCancel(runId: string): Promise<void> {
    await this.database.manager.query(`UPDATE agent.runs SET cancel_requested_at = coalesce(cancel_requested_at, now()) WHERE id = $1 AND status = 'running'`, [runId]);
  }

  /** Those of the runs that somebody asked to cancel. */
  async cancelRequested(runIds: readonly string[]): Promise<string[]> {
    const runs = await this.database.manager.find(RunEntity, { select: { id: true }, where: { id: In([...runIds]), cancelRequestedAt: Not(IsNull()) } });
    return runs.map(({ id }) => id);
  }

  events(runId: string, after: number, limit: number): Promise<RunEventEntity[]> {
    return this.database.manager.find(RunEventEntity, { where: { runId, seq: MoreThan(after) }, order: { seq: 'ASC' }, take: limit });
  }

  hasRunning(agentId: string): Promise<boolean> {
    return this.database.manager.existsBy(RunEntity, { agentId, status: 'running' });
  }
}

function lost(runId: string): AppError {
  return new AppError('RUN_INTERRUPTED', `The run ${runId} was ended elsewhere.`, { details: { runId } });
}
