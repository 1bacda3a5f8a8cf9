import { AppError } from '@faas/errors';

export interface CallTimes {
  /** Milliseconds until the first output, retries included. */
  readonly firstOutputMs: number;
  /** Milliseconds between two events after it. */
  readonly idleMs: number;
  /** Milliseconds for everything. */
  readonly totalMs: number;
}

/**
 * The ends of one call: the caller's signal, the time for the whole, for the first output and for silence. Time that the
 * reader takes does not count as silence. Must be ended, or a timer and a listener stay.
 */
export class CallLimits {
  private readonly controller = new AbortController();
  private readonly startedAt = performance.now();
  private readonly total: NodeJS.Timeout;
  private readonly onAbort = () => this.controller.abort(this.caller?.reason);

  constructor(
    private readonly times: CallTimes,
    private readonly caller: AbortSignal | undefined,
    private readonly provider: string,
  ) {
    this.total = setTimeout(() => this.controller.abort(this.timeout(`did not finish within ${times.totalMs} ms`)), times.totalMs);
    this.total.unref();
    if (caller?.aborted) this.onAbort();
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Handed to the provider; aborts with an AppError. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    clearTimeout(this.total);
    this.caller?.removeEventListener('abort', this.onAbort);
  }

  /** Closes the upstream: the caller has left the stream. */
  abandon(): void {
    this.controller.abort(new AppError('REQUEST_ABORTED', 'The caller left the stream.'));
  }

  /** @throws AppError the reason, when a limit ends the wait; the work itself must follow `signal`. */
  async within<T>(work: Promise<T>): Promise<T> {
    return this.race(work);
  }

  /**
   * Passes events through and ends the call when the source falls silent.
   *
   * @throws AppError MODEL_PROVIDER_TIMEOUT, or the caller's reason.
   */
  async *watch<T>(source: AsyncIterable<T>, isOutput: (event: T) => boolean): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    let sawOutput = false;
    try {
      for (;;) {
        const next = await this.next(iterator, sawOutput);
        if (next.done) return;
        sawOutput ||= isOutput(next.value);
        yield next.value;
      }
    } finally {
      // Not awaited: a source that ignores the signal would keep the call open.
      void iterator.return?.().catch(() => undefined);
    }
  }

  private async next<T>(iterator: AsyncIterator<T>, sawOutput: boolean): Promise<IteratorResult<T>> {
    const { idleMs, firstOutputMs } = this.times;
    const waitMs = sawOutput ? idleMs : Math.max(0, firstOutputMs - (performance.now() - this.startedAt));
    const message = sawOutput ? `sent nothing for ${idleMs} ms` : `sent no output within ${firstOutputMs} ms`;
    const timer = setTimeout(() => this.controller.abort(this.timeout(message)), waitMs);
    try {
      return await this.race(iterator.next());
    } finally {
      clearTimeout(timer);
    }
  }

  private async race<T>(work: Promise<T>): Promise<T> {
    // When the abort wins, a later failure of the work must not go unhandled.
    work.catch(() => undefined);
    this.signal.throwIfAborted();
    const over = Promise.withResolvers<never>();
    const onAbort = () => over.reject(this.signal.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work, over.promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  private timeout(what: string): AppError {
    return new AppError('MODEL_PROVIDER_TIMEOUT', `Provider '${this.provider}' ${what}.`, { details: { provider: this.provider } });
  }
}
