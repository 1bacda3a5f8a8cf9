import { Database } from '@faas/database';
import type { LoopStep } from '../loop/loop-step';
import type { RunChange } from './run-change';
import type { RunClaim } from './run-claim';
import { RunDraft } from './run-draft';
import { RunEventsHub } from './run-events.hub';
import { RunStore } from './run.store';

/** Text is written in batches: the first piece at once, the others at most so late and so many at a time. */
const MAX_DELAY_MS = 50;
const MAX_PIECES = 16;

/**
 * Writes one run down while it happens, in order. A model or tool call is on record before it is made.
 *
 * A write that fails is thrown by the next call; one in the background is also handed to `onFailure`, so that a run
 * which lost its lease stops within the time of a batch.
 */
export class RunJournal {
  private readonly draft = new RunDraft();
  private timer: NodeJS.Timeout | undefined;
  private writtenAt = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly hub: RunEventsHub,
    private readonly claim: RunClaim,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** What the model has written in the turn that is under way. */
  get turnText(): string {
    return this.draft.turnText;
  }

  async record(step: LoopStep): Promise<void> {
    const urgency = this.draft.add(step);
    if (urgency === 'before-next' || this.draft.pieces >= MAX_PIECES) await this.write();
    else if (urgency === 'soon') this.writeSoon();
  }

  /** What is not written yet; nothing is written any more afterwards. Steps under way count as failed. */
  async close(): Promise<RunChange> {
    this.clearTimer();
    // Its failure was reported already; the final write meets the same fence.
    await this.writing.catch(() => undefined);
    this.draft.failOpenSteps();
    return this.draft.take();
  }

  private writeSoon(): void {
    const delayMs = Math.max(0, this.writtenAt + MAX_DELAY_MS - performance.now());
    this.timer ??= setTimeout(() => void this.write().catch(this.onFailure), delayMs);
  }

  private write(): Promise<void> {
    this.clearTimer();
    this.writing = this.writing.then(async () => {
      const change = this.draft.take();
      if (change.events.length + change.steps.length + change.modelCalls === 0) return;
      await this.database.inTenant(() => this.runs.append(this.claim, change));
      this.writtenAt = performance.now();
      this.hub.notify(this.claim.runId);
    });
    return this.writing;
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
