import { AppError } from '@faas/errors';
import { currentContext, remainingMs, requestSignal } from '@faas/request-context';
import { setTimeout as sleep } from 'node:timers/promises';

/** The longest delay a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface CallDeadlineOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * One end for everything a call does: its own time-out, the deadline and signal of the current request, and the caller's
 * signal, whichever comes first. Must be ended once the body is read, or listeners stay on long-lived signals.
 */
export class CallDeadline {
  /** Whether the request's deadline comes before the call's own time-out: then a time-out says little about the neighbour. */
  readonly shortened: boolean;
  private readonly controller = new AbortController();
  private readonly cleanups: (() => void)[] = [];
  private readonly endsAt: number;

  constructor(private readonly options: CallDeadlineOptions) {
    const timeoutMs = Math.min(options.timeoutMs, remainingMs(options.timeoutMs), MAX_TIMER_MS);
    this.shortened = timeoutMs < options.timeoutMs;
    this.endsAt = Date.now() + timeoutMs;
    for (const signal of [options.signal, requestSignal()]) if (signal) this.follow(signal);
    const timer = setTimeout(() => this.abort(this.exceeded(timeoutMs)), timeoutMs);
    timer.unref();
    this.cleanups.push(() => clearTimeout(timer));
    if (timeoutMs <= 0) this.abort(this.exceeded(0));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  remainingMs(): number {
    return Math.max(0, this.endsAt - Date.now());
  }

  /** Why the call ended, if this deadline ended it. */
  get reason(): AppError | undefined {
    return this.signal.aborted ? (this.signal.reason as AppError) : undefined;
  }

  throwIfOver(): void {
    if (this.reason) throw this.reason;
  }

  abort(reason: AppError): void {
    this.controller.abort(reason);
  }

  /** @throws AppError the reason, when the deadline ends the wait. */
  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.signal }).catch((error: unknown) => {
      throw this.reason ?? error;
    });
  }

  /** Awaits `work`, which cannot be cancelled itself, no longer than the deadline. */
  async race<T>(work: Promise<T>): Promise<T> {
    this.throwIfOver();
    const over = Promise.withResolvers<never>();
    const onAbort = () => over.reject(this.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work, over.promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  end(): void {
    for (const cleanup of this.cleanups.splice(0)) cleanup();
  }

  private follow(signal: AbortSignal): void {
    const onAbort = () => this.abort(this.abortedBy(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.cleanups.push(() => signal.removeEventListener('abort', onAbort));
  }

  private abortedBy(signal: AbortSignal): AppError {
    if (AppError.is(signal.reason)) return signal.reason;
    const deadline = currentContext()?.deadline;
    if (deadline !== undefined && deadline <= Date.now()) return this.exceeded(0);
    return new AppError('REQUEST_ABORTED', `The call to ${this.options.name} was aborted by its caller.`, { cause: signal.reason });
  }

  private exceeded(timeoutMs: number): AppError {
    const message =
      timeoutMs > 0 && !this.shortened
        ? `${this.options.name} did not finish its answer within ${timeoutMs} ms.`
        : `The time of this request is over before ${this.options.name} finished its answer.`;
    return new AppError('DEADLINE_EXCEEDED', message, { details: { service: this.options.name } });
  }
}
