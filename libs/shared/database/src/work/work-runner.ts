import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HEARTBEAT_MS, LEASE_MS, type ClaimedWork, type WorkQueue } from './work-queue';

/** Claims after which an item is not tried again: whatever kills its processes would kill the next one too. */
const MOST_ATTEMPTS = 5;
/** Claims after which not even `giveUp` is tried again. */
const MOST_ATTEMPTS_TO_GIVE_UP = 10;
/** How long `stop` waits for handlers after it told them to. */
const DRAIN_MS = 10_000;
const LONGEST_RETRY_MS = 60_000;

export interface WorkHandler {
  /**
   * Does the work and calls `queue.complete(work)` in the transaction that writes its result. The request context has the
   * item's tenant. `signal` fires when the lease is lost or the process ends: stop, whatever was written is fenced.
   */
  run(work: ClaimedWork, signal: AbortSignal): Promise<void>;
  /** Marks the owner of the work as failed and completes it; called for an error that is not retryable, or after the last attempt. */
  giveUp?(work: ClaimedWork, error: AppError): Promise<void>;
}

export interface WorkRunnerOptions {
  readonly queue: WorkQueue;
  /** By kind. */
  readonly handlers: Readonly<Record<string, WorkHandler>>;
  /** Items at once in this process. */
  readonly concurrency: number;
  /** How often to look for work that no wake-up announced. */
  readonly pollMs: number;
  readonly logger: Logger;
}

interface RunningWork {
  readonly work: ClaimedWork;
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** By this process's clock, counted from before the renewal was asked for: never later than the database's. */
  leaseUntil: number;
}

/** Claims work and hands it to its handler, renewing leases meanwhile. `start` polls; on Lambda `runOnce` does one round. */
export class WorkRunner {
  private readonly running = new Map<string, RunningWork>();
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private stopped = true;
  private again = false;
  private renewing = false;
  /** `wake` is called from requests, even inside transactions: none of that may reach the rounds and handlers it starts. */
  private readonly outsideRequests = AsyncLocalStorage.snapshot();

  constructor(private readonly options: WorkRunnerOptions) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** There may be work: look now instead of at the next poll. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    clearTimeout(this.timer);
    this.round ??= this.outsideRequests(() => this.rounds()).finally(() => {
      this.round = undefined;
      if (this.again) this.wake();
      else if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.options.pollMs);
    });
  }

  /** Claims what is due and waits until it is done. @returns how many items were claimed. */
  async runOnce(): Promise<number> {
    const claimed = await this.outsideRequests(() => this.claim());
    await Promise.all([...this.running.values()].map(({ done }) => done));
    return claimed;
  }

  /** Claims nothing more, tells the handlers to stop and waits 10 s for them; what they did not finish is claimed by another process. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
    const running = [...this.running.values()];
    for (const { controller } of running) controller.abort(new AppError('SERVICE_UNAVAILABLE', 'The process is ending; another one continues the work.'));
    const drained = new AbortController();
    const all = Promise.all(running.map(({ done }) => done)).finally(() => drained.abort());
    await Promise.race([all, sleep(DRAIN_MS, undefined, { signal: drained.signal }).catch(() => undefined)]);
    for (const { work } of this.running.values()) this.options.logger.warn('work.still-running', { kind: work.kind, ref: work.ref });
    clearInterval(this.heartbeat);
  }

  private async rounds(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        await this.claim();
      } catch (error) {
        this.options.logger.warn('work.claim-failed', { error });
      }
    }
  }

  private async claim(): Promise<number> {
    const free = this.options.concurrency - this.running.size;
    if (free <= 0) return 0;
    const leaseUntil = Date.now() + LEASE_MS;
    const works = await this.options.queue.claim(Object.keys(this.options.handlers), free);
    for (const work of works) this.begin(work, leaseUntil);
    return works.length;
  }

  private begin(work: ClaimedWork, leaseUntil: number): void {
    const controller = new AbortController();
    const context = { requestId: randomUUID(), signal: controller.signal, principal: { tenant: work.tenant, subject: 'worker', scopes: [] } };
    const done = runInContext(context, () => this.run(work, controller.signal)).finally(() => {
      this.running.delete(work.id);
      if (this.running.size === 0) {
        clearInterval(this.heartbeat);
        this.heartbeat = undefined;
      }
      this.wake();
    });
    this.running.set(work.id, { work, controller, done, leaseUntil });
    this.heartbeat ??= setInterval(() => void this.renewLeases(), HEARTBEAT_MS);
  }

  private async run(work: ClaimedWork, signal: AbortSignal): Promise<void> {
    const handler = this.options.handlers[work.kind];
    if (!handler) return;
    try {
      if (work.attempts > MOST_ATTEMPTS) throw new AppError('INTERNAL', `${MOST_ATTEMPTS} attempts were made, and each ended with its process.`, { retryable: false });
      await handler.run(work, signal);
    } catch (error) {
      await this.settle(handler, work, error, signal);
    }
  }

  private async settle(handler: WorkHandler, work: ClaimedWork, error: unknown, signal: AbortSignal): Promise<void> {
    const { queue, logger } = this.options;
    // Whoever holds the lease now settles it.
    if (AppError.hasCode(error, 'LEASE_LOST') || AppError.hasCode(signal.reason, 'LEASE_LOST')) return;
    try {
      if (signal.aborted) return await queue.giveBack(work);
      const failure = AppError.is(error) ? error : new AppError('INTERNAL', 'The work failed unexpectedly.', { cause: error, retryable: work.attempts < MOST_ATTEMPTS });
      const fields = { kind: work.kind, ref: work.ref, attempts: work.attempts, error };
      if (failure.retryable && work.attempts < MOST_ATTEMPTS) {
        logger.warn('work.retried', fields);
        return await queue.fail(work, { retryInMs: failure.retryAfterMs ?? Math.min(LONGEST_RETRY_MS, 500 * 2 ** work.attempts) }, error);
      }
      logger.warn('work.given-up', fields);
      if (handler.giveUp && work.attempts <= MOST_ATTEMPTS_TO_GIVE_UP) await handler.giveUp(work, failure);
      else await queue.fail(work, 'final', error);
    } catch (cause) {
      // The lease runs out and another process, or a later round, takes it from there.
      logger.error('work.settle-failed', { kind: work.kind, ref: work.ref, error: cause });
    }
  }

  private async renewLeases(): Promise<void> {
    if (this.renewing) return this.dropExpired();
    this.renewing = true;
    await Promise.all([...this.running.values()].map((running) => this.renewLease(running)));
    this.renewing = false;
    this.dropExpired();
  }

  private async renewLease(running: RunningWork): Promise<void> {
    const { work, controller } = running;
    const leaseUntil = Date.now() + LEASE_MS;
    try {
      if (await this.options.queue.heartbeat(work)) running.leaseUntil = leaseUntil;
      else if (this.running.has(work.id)) controller.abort(new AppError('LEASE_LOST', 'Another process took the work over.'));
    } catch (error) {
      this.options.logger.warn('work.heartbeat-failed', { kind: work.kind, ref: work.ref, error });
    }
  }

  /** The database was out of reach for a whole lease: others may have the work by now. */
  private dropExpired(): void {
    for (const { controller, leaseUntil } of this.running.values()) {
      if (Date.now() > leaseUntil) controller.abort(new AppError('LEASE_LOST', 'The lease could not be renewed in time.'));
    }
  }
}
