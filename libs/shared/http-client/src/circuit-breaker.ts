import { AppError } from '@faas/errors';
import type { BreakerOptions } from './http-request';

const WINDOW = 20;
const MAX_OPEN_MS = 30_000;

/** What a call reports when it is over; `ignored` for what says nothing about the neighbour, such as an abort. */
export type CallOutcome = 'succeeded' | 'failed' | 'ignored';

/**
 * Stops calling a neighbour that keeps failing, so that callers learn at once and the neighbour can recover.
 *
 * Closed: calls pass, the last 20 outcomes are kept. Open: calls are refused until a time. Half-open: one call passes as
 * a probe; its success closes the breaker, its failure opens it for twice as long.
 */
export class CircuitBreaker {
  private outcomes: boolean[] = [];
  private openUntil = 0;
  private openMs: number;
  private probing = false;

  constructor(
    private readonly name: string,
    private readonly options: BreakerOptions = {},
    private readonly onOpen: (openMs: number) => void = () => undefined,
    private readonly now: () => number = Date.now,
  ) {
    this.openMs = options.openMs ?? 1_000;
  }

  /**
   * Asks for passage; the caller must report the outcome exactly once.
   *
   * @throws AppError SERVICE_UNAVAILABLE (retryable) while open.
   */
  enter(): (outcome: CallOutcome) => void {
    if (this.openUntil === 0) return (outcome) => this.recordClosed(outcome);
    const waitMs = this.openUntil - this.now();
    if (waitMs > 0 || this.probing) {
      throw new AppError('SERVICE_UNAVAILABLE', `${this.name} keeps failing and is not called for the moment. Try again shortly.`, {
        details: { service: this.name },
        retryAfterMs: Math.max(waitMs, 100),
      });
    }
    this.probing = true;
    return (outcome) => this.recordProbe(outcome);
  }

  private recordClosed(outcome: CallOutcome): void {
    if (outcome === 'ignored' || this.openUntil !== 0) return;
    this.outcomes = [...this.outcomes, outcome === 'failed'].slice(-WINDOW);
    const failures = this.outcomes.filter(Boolean).length;
    if (failures >= (this.options.failures ?? 5) && failures * 2 >= this.outcomes.length) this.open();
  }

  private recordProbe(outcome: CallOutcome): void {
    this.probing = false;
    if (outcome === 'ignored') return;
    if (outcome === 'failed') {
      this.openMs = Math.min(this.openMs * 2, MAX_OPEN_MS);
      this.open();
      return;
    }
    this.openUntil = 0;
    this.openMs = this.options.openMs ?? 1_000;
    this.outcomes = [];
  }

  private open(): void {
    this.openUntil = this.now() + this.openMs;
    this.outcomes = [];
    this.onOpen(this.openMs);
  }
}
