import type { ChatAnswer, RunFrame } from '@faas/agent-contract';
import { newId } from '@faas/api';
import { Database, Outbox, OutboxRelay, WorkQueue } from '@faas/database';
import { requireTenant } from '@faas/request-context';
import { v7 as uuidv7 } from 'uuid';
import { MessageStore } from '../threads/message.store';
import { ThreadStore } from '../threads/thread.store';
import { withDatabasePatience } from './database-patience';
import { noChange, type RunChange, type RunEnd } from './run-change';
import type { RunClaim } from './run-claim';
import { RunEventsHub } from './run-events.hub';
import type { RunEntity } from './run.entity';
import { RunStore } from './run.store';

/** The frame that ends every log. */
export type FinalFrame = Extract<RunFrame, { event: 'run.finished' | 'error' }>;

/**
 * Ends runs, once each: state, last event, the assistant's message, the thread's release, the lease and the domain event
 * are one transaction.
 */
export class RunCloser {
  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly threads: ThreadStore,
    private readonly messages: MessageStore,
    private readonly queue: WorkQueue,
    private readonly outbox: Outbox,
    private readonly hub: RunEventsHub,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * Tries again while the database is busy or away.
   *
   * @param change what the run did since it was last written down.
   * @throws AppError RUN_INTERRUPTED when the run was ended elsewhere; nothing is written then.
   */
  async close(claim: RunClaim, change: RunChange, end: RunEnd): Promise<FinalFrame> {
    let written: FinalFrame | undefined;
    const frame = await withDatabasePatience(async (attempt) => {
      if (attempt > 1 && written && (await this.wasEnded(claim))) return written;
      return this.database.inTenant(async () => {
        written = await this.write(claim, change, end);
        return written;
      });
    });
    this.hub.notify(claim.runId);
    this.relay.wake();
    return frame;
  }

  /** Nobody else ends a run under this claim's fence: an attempt whose answer was lost was committed. */
  private wasEnded({ runId, work }: RunClaim): Promise<boolean> {
    return this.database.inTenant(async () => {
      const run = await this.runs.lock(runId);
      return run !== null && run.fence === work.fence && run.status !== 'running';
    });
  }

  private async write(claim: RunClaim, change: RunChange, end: RunEnd): Promise<FinalFrame> {
    await this.runs.append(claim, change);
    const run = await this.runs.get(claim.agentId, claim.runId);
    const final = finalFrame(run, end);
    const citations = end.citations.map((citation): RunFrame => ({ event: 'citation', data: citation }));
    await this.runs.append(claim, { ...noChange, events: [...citations, final] });
    await this.runs.end(claim, end);
    if (end.message) {
      await this.messages.append({ id: newId('msg'), threadId: claim.threadId, runId: claim.runId, role: 'assistant', content: end.message, citations: [...end.citations] });
    }
    await this.threads.release(claim.threadId, claim.runId);
    await this.outbox.append({
      id: uuidv7(),
      subject: 'faas.agent.run.finished',
      tenant: requireTenant(),
      occurredAt: new Date().toISOString(),
      data: { runId: claim.runId, threadId: claim.threadId, agentId: claim.agentId, status: end.status },
    });
    await this.queue.complete(claim.work);
    return final;
  }
}

function finalFrame(run: RunEntity, end: RunEnd): FinalFrame {
  if (end.error) return { event: 'error', data: { error: { ...end.error, requestId: run.requestId } } };
  const answer: ChatAnswer = {
    runId: run.id,
    threadId: run.threadId,
    status: end.status === 'cancelled' ? 'cancelled' : 'succeeded',
    message: end.message ?? '',
    citations: [...end.citations],
    model: run.model,
    usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens, steps: run.steps },
  };
  return { event: 'run.finished', data: answer };
}
