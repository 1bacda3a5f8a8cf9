import { toPage, type Page, type PageQuery } from '@faas/api';
import { Database, pagedByCreation } from '@faas/database';
import { AppError } from '@faas/errors';
import { ThreadEntity } from './thread.entity';

const TITLE_CHARACTERS = 80;

/** Threads of an agent. Everything happens inside the caller's transaction. */
export class ThreadStore {
  constructor(private readonly database: Database) {}

  /** A new thread that `runId` holds from the start. */
  async create(thread: { id: string; agentId: string; runId: string; firstMessage: string }): Promise<void> {
    await this.database.manager.query(`INSERT INTO agent.threads (id, agent_id, title, active_run_id) VALUES ($1, $2, $3, $4)`, [
      thread.id,
      thread.agentId,
      titleOf(thread.firstMessage),
      thread.runId,
    ]);
  }

  /**
   * Gives the thread to a run. Of any number of runs that try at once, one gets it.
   *
   * @throws AppError THREAD_NOT_FOUND, THREAD_BUSY while another run holds it.
   */
  async hold(agentId: string, id: string, runId: string): Promise<void> {
    const rows: unknown[] = await this.database.manager.query(
      `WITH held AS (
         UPDATE agent.threads SET active_run_id = $3, updated_at = now() WHERE id = $1 AND agent_id = $2 AND active_run_id IS NULL RETURNING id
       ) SELECT id FROM held`,
      [id, agentId, runId],
    );
    if (rows.length > 0) return;
    const { activeRunId } = await this.get(agentId, id);
    throw threadBusy(id, activeRunId);
  }

  /** Gives it back; another run's thread is left alone. */
  async release(id: string, runId: string): Promise<void> {
    await this.database.manager.query(`UPDATE agent.threads SET active_run_id = NULL, updated_at = now() WHERE id = $1 AND active_run_id = $2`, [id, runId]);
  }

  /** @throws AppError THREAD_NOT_FOUND also for another agent's thread. */
  async get(agentId: string, id: string): Promise<ThreadEntity> {
    const thread = await this.database.manager.findOneBy(ThreadEntity, { id, agentId });
    if (!thread) throw new AppError('THREAD_NOT_FOUND', `This agent has no thread "${id}".`);
    return thread;
  }

  /** Newest first. @throws AppError CURSOR_INVALID. */
  async list(agentId: string, page: PageQuery): Promise<Page<ThreadEntity>> {
    return toPage(await pagedByCreation(this.database.manager, ThreadEntity, { where: { agentId }, ...page }), page.limit);
  }

  /** Deletes the thread with its messages, runs and their logs. @throws AppError THREAD_NOT_FOUND, THREAD_BUSY. */
  async delete(agentId: string, id: string): Promise<void> {
    const rows: unknown[] = await this.database.manager.query(
      `WITH gone AS (DELETE FROM agent.threads WHERE id = $1 AND agent_id = $2 AND active_run_id IS NULL RETURNING id) SELECT id FROM gone`,
      [id, agentId],
    );
    if (rows.length > 0) return;
    const { activeRunId } = await this.get(agentId, id);
    throw threadBusy(id, activeRunId);
  }
}

function threadBusy(threadId: string, runId: string | null): AppError {
  return new AppError('THREAD_BUSY', `A run holds the thread "${threadId}". Wait until it ends, or cancel it.`, { details: { threadId, runId }, retryAfterMs: 1_000 });
}

function titleOf(message: string): string {
  const line = message.trim().replace(/\s+/g, ' ');
  return line.length <= TITLE_CHARACTERS ? line : `${line.slice(0, TITLE_CHARACTERS - 1).toWellFormed()}…`;
}
