import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import type { Clock } from '../clock';

export interface RefreshedValueOptions<T> {
  /** For messages and logs, for example "the revocation list". */
  readonly what: string;
  /** Loads the value anew; gets the one before, for conditional requests. */
  readonly load: (previous: T | undefined) => Promise<T>;
  /** How long a value is used without asking again. */
  readonly freshMs: number;
  /** How long a value is used when loading fails. */
  readonly usableMs: number;
  /** Pause after a failed load while a usable value remains. */
  readonly retryMs: number;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Without a usable value every caller gets an error: the pause before the next attempt is short. */
const retryWithoutValueMs = 1_000;

/**
 * A remote value that is loaded on demand: at start nothing is fetched, and nothing runs in the background (a frozen
 * Lambda would not run it). Callers that meet during a load share it.
 */
export class RefreshedValue<T> {
  private value: { readonly content: T; readonly loadedAt: number } | undefined;
  private attemptedAt: number | undefined;
  private failure: unknown;
  private loading: Promise<void> | undefined;
  /** Counts invalidations: a load that began before one may have read what was true before it. */
  private generation = 0;

  constructor(private readonly options: RefreshedValueOptions<T>) {}

  /** @throws AppError AUTH_UNAVAILABLE when there is no usable value and none can be loaded. */
  async get(): Promise<T> {
    const fresh = this.younger(this.options.freshMs);
    if (fresh) return fresh.content;
    const usable = this.younger(this.options.usableMs);
    await this.attempt(this.failure === undefined ? 0 : usable ? this.options.retryMs : retryWithoutValueMs);
    const current = this.younger(this.options.usableMs);
    if (current) return current.content;
    throw this.unavailable();
  }

  /** Loads anew although the value is fresh, unless the last attempt was less than `pauseMs` ago. */
  async refresh(pauseMs: number): Promise<T> {
    await this.attempt(pauseMs);
    return this.get();
  }

  /** The next `get` loads anew, even while a load that began earlier is under way. */
  invalidate(): void {
    this.generation++;
    this.loading = undefined;
    if (this.value) this.value = { ...this.value, loadedAt: Math.min(this.value.loadedAt, this.options.clock() - this.options.freshMs) };
  }

  /** Whether the last load failed: what the value lacks may then exist. */
  get isOutdated(): boolean {
    return this.failure !== undefined;
  }

  unavailable(): AppError {
    return new AppError('AUTH_UNAVAILABLE', `Credentials cannot be checked now: ${this.options.what} is out of reach. Try again.`, {
      cause: this.failure,
      retryAfterMs: retryWithoutValueMs,
    });
  }

  /** A clock that was set back makes a value old rather than young for longer. */
  private younger(limitMs: number) {
    if (!this.value) return undefined;
    const age = this.options.clock() - this.value.loadedAt;
    return age >= 0 && age < limitMs ? this.value : undefined;
  }

  private async attempt(pauseMs: number): Promise<void> {
    const sinceLast = this.attemptedAt === undefined ? Infinity : this.options.clock() - this.attemptedAt;
    if (!this.loading && sinceLast >= 0 && sinceLast < pauseMs) return;
    await (this.loading ??= this.start());
  }

  private start(): Promise<void> {
    const loading: Promise<void> = this.load().finally(() => {
      if (this.loading === loading) this.loading = undefined;
    });
    return loading;
  }

  /** Runs in a context of its own: the load is shared, so one caller's abort or deadline must not end it. */
  private async load(): Promise<void> {
    const startedAt = this.options.clock();
    const generation = this.generation;
    this.attemptedAt = startedAt;
    try {
      const content = await runInContext({ requestId: 'auth-refresh' }, () => this.options.load(this.value?.content));
      if (generation !== this.generation) return;
      this.value = { content, loadedAt: startedAt };
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
      this.options.logger.warn('auth-refresh.failed', { what: this.options.what, error });
    }
  }
}
