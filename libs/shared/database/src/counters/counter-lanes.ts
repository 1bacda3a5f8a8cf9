import { AppError } from '@faas/errors';
import { AsyncLocalStorage } from 'node:async_hooks';

/** So many calls of one counter share a transaction. */
const BATCH = 100;
const LONGEST_QUEUE = 10_000;
const LONGEST_WAIT_MS = 5_000;

interface Waiting<Open> {
  readonly step: (open: Open) => Promise<unknown>;
  readonly since: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Calls on one counter are serial in the database, so within a process they form one lane per counter: they hold one
 * connection instead of all of the pool, and those that wait share the next transaction.
 */
export class CounterLanes<Open> {
  private readonly lanes = new Map<string, Waiting<Open>[]>();
  /** A batch belongs to many requests: it runs in the context of none. */
  private readonly outsideRequests = AsyncLocalStorage.snapshot();

  /** @param batch opens the counter in one transaction, runs `steps` on it one after the other, and commits. */
  constructor(private readonly batch: (counter: string, windowMs: number, steps: (open: Open) => Promise<void>) => Promise<void>) {}

  /** @throws AppError DATABASE_BUSY after 5 s in the lane; whatever the batch throws. */
  enter<T>(counter: string, windowMs: number, step: (open: Open) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting<Open> = { step, since: Date.now(), resolve: resolve as (value: unknown) => void, reject };
      const lane = this.lanes.get(counter);
      if (lane === undefined) {
        this.lanes.set(counter, [waiting]);
        void this.outsideRequests(() => this.drain(counter, windowMs));
      } else if (lane.length < LONGEST_QUEUE) lane.push(waiting);
      else reject(busy());
    });
  }

  private async drain(counter: string, windowMs: number): Promise<void> {
    for (let lane = this.lanes.get(counter); lane !== undefined && lane.length > 0; ) {
      const batch = lane.splice(0, BATCH);
      const inTime = batch.filter(({ since }) => Date.now() - since <= LONGEST_WAIT_MS);
      for (const late of batch) if (!inTime.includes(late)) late.reject(busy());
      await this.run(counter, windowMs, inTime);
    }
    this.lanes.delete(counter);
  }

  /** Answers are given after the commit only. */
  private async run(counter: string, windowMs: number, batch: readonly Waiting<Open>[]): Promise<void> {
    if (batch.length === 0) return;
    const answers: unknown[] = [];
    try {
      await this.batch(counter, windowMs, async (open) => {
        for (const { step } of batch) answers.push(await step(open));
      });
      batch.forEach(({ resolve }, index) => resolve(answers[index]));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function busy(): AppError {
  return new AppError('DATABASE_BUSY', 'Too many calls count on the same counter at once. Try again shortly.', { retryAfterMs: 1_000 });
}
