import { Database } from '@faas/database';
import type { LoopStep } from '../loop/loop-step';
import { isDatabaseAway, withDatabasePatience } from './database-patience';
import type { RunChange } from './run-change';
import type { RunClaim } from './run-claim';
import { RunDraft } from './run-draft';
import { RunEventsHub } from './run-events.hub';
import { RunStore, type RunPosition } from './run.store';

/** Text is written in batches: the first piece at once, the others at most so late and so many at a time. */
const MAX_DELAY_MS = 50;
const MAX_PIECES = 16;

/**
 * Writes one run down while it happens, in order. A model or tool call is on record before it is made.
 *
 * While the database is busy or away a write is tried again, and the later ones wait for it; none is made twice. A write
 * that fails for good is thrown by the next call; one in the background is also handed to `onFailure`, so that a run
 * which lost its lease stops within the time of a batch.
 */
export class RunJournal {
  private readonly draft = new RunDraft();
  private timer: NodeJS.Timeout | undefined;
  private writtenAt = 0;
  private writing: Promise<void> = Promise.resolve();
  /** Taken from the draft, and not known to be written. */
  private unwritten: RunChange | undefined;

  /** @param position where the run stands. */
  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly hub: RunEventsHub,
    private readonly claim: RunClaim,
    private position: RunPosition,
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

  /**
   * What is not written yet; nothing is written any more afterwards. Steps under way count as failed.
   *
   * @throws AppError when a write that had to be given up cannot be made now either: the log would have a hole.
   */
  async close(): Promise<RunChange> {
    this.clearTimer();
    // Its failure was reported already; the final write meets the same fence.
    await this.writing.catch(() => undefined);
    if (this.unwritten) await this.append(this.unwritten, this.position, true);
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
      await this.append(change, this.position, false);
      this.writtenAt = performance.now();
      this.hub.notify(this.claim.runId);
    });
    return this.writing;
  }

  private async append(change: RunChange, from: RunPosition, triedBefore: boolean): Promise<void> {
    this.unwritten = change;
    try {
      this.position = await withDatabasePatience((attempt) =>
        this.database.inTenant(() => (attempt > 1 || triedBefore ? this.runs.appendOnce(this.claim, change, from) : this.runs.append(this.claim, change))),
      );
      this.unwritten = undefined;
    } catch (error) {
      // Refused: it would be again, and the run can still be ended with this reason.
      if (!isDatabaseAway(error)) this.unwritten = undefined;
      throw error;
    }
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
