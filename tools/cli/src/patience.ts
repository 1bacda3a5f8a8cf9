import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@faas/errors';

export interface PatienceOptions {
  /** Milliseconds to wait in all, over every outage. Default 60 s. */
  readonly totalMs?: number;
  /** Milliseconds between two attempts. Default 1 s. */
  readonly pauseMs?: number;
  /** Told once per outage. */
  readonly say: (line: string) => void;
}

/** Waits out a service that is away for a moment; what runs at the same time shares one wait. */
export class Patience {
  private leftMs: number;
  private readonly pauseMs: number;
  private readonly say: (line: string) => void;
  private pause?: Promise<void>;
  private isAway = false;

  constructor({ totalMs = 60_000, pauseMs = 1_000, say }: PatienceOptions) {
    this.leftMs = totalMs;
    this.pauseMs = pauseMs;
    this.say = say;
  }

  /** Repeats `work`, which must bear repetition. @throws what it throws, an outage only once the patience is used up. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await work();
        this.isAway = false;
        return result;
      } catch (error) {
        if (!isOutage(error) || !(await this.wait(error))) throw error;
      }
    }
  }

  /** False when nothing is left to wait. */
  private async wait({ message, retryAfterMs = 0 }: AppError): Promise<boolean> {
    if (!this.pause) {
      const ms = Math.min(Math.max(this.pauseMs, retryAfterMs), this.leftMs);
      if (ms <= 0) return false;
      if (!this.isAway) this.say(`${message} Waiting up to ${Math.ceil(this.leftMs / 1000)} s …`);
      this.isAway = true;
      this.leftMs -= ms;
      this.pause = sleep(ms).finally(() => (this.pause = undefined));
    }
    await this.pause;
    return true;
  }
}

/** A fault of the system that passes; a document that could not be fetched is none. */
export function isOutage(error: unknown): error is AppError {
  return AppError.is(error) && error.retryable && (error.status >= 500 || error.code === 'RATE_LIMITED');
}
