import { Database, WorkQueue, type ClaimedWork, type WorkHandler } from '@faas/database';
import type { Logger } from '@faas/logging';
import { noChange, type RunEnd } from './run-change';
import { RunCloser } from './run-closer';
import type { RunEntity } from './run.entity';
import { RunStore } from './run.store';

/**
 * Ends runs whose process died. A run is leased from its first moment, so its work item can only be claimed when the
 * lease was not renewed for 15 s.
 */
export class InterruptedRunHandler implements WorkHandler {
  constructor(
    private readonly database: Database,
    private readonly queue: WorkQueue,
    private readonly runs: RunStore,
    private readonly closer: RunCloser,
    private readonly logger: Logger,
  ) {}

  /** Safe to repeat: a run that has ended is left as it is. */
  async run(work: ClaimedWork): Promise<void> {
    const run = await this.database.inTenant(async () => {
      const taken = await this.runs.takeOver(work.ref, work.fence);
      // Ended or deleted, only its work item is left.
      if (!taken) await this.queue.complete(work);
      return taken;
    });
    if (!run) return;
    const claim = { runId: run.id, threadId: run.threadId, agentId: run.agentId, work };
    const end = endOf(run);
    await this.closer.close(claim, noChange, end);
    this.logger.warn('run.interrupted', { runId: run.id, status: end.status });
  }

  /** There is no other way to end a run: as long as this fails, it is tried again with the next lease. */
  giveUp(work: ClaimedWork): Promise<void> {
    return this.run(work);
  }
}

function endOf({ id: runId, threadId, cancelRequestedAt }: RunEntity): RunEnd {
  if (cancelRequestedAt) return { status: 'cancelled', message: '', citations: [], error: null };
  return {
    status: 'failed',
    message: null,
    citations: [],
    error: { code: 'RUN_INTERRUPTED', message: 'The process that ran this ended before the run did. Send the message again.', details: { runId, threadId } },
  };
}
