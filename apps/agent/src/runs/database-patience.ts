import { AppError } from '@faas/errors';
import { setTimeout as sleep } from 'node:timers/promises';

/** Less than a lease: whoever loses the database for longer loses the run too. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = { shortest: 50, longest: 1_000, growth: 2 };

/**
 * Tries again for 10 s while the database is busy or away.
 *
 * @param work gets the number of the attempt, from 1. An earlier one may have been committed although its answer was lost.
 * @throws what the last attempt threw.
 */
export async function withDatabasePatience<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  const patientUntil = performance.now() + PATIENCE_MS;
  let pauseMs = PAUSE_MS.shortest;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() + pauseMs > patientUntil) throw error;
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * PAUSE_MS.growth, PAUSE_MS.longest);
    }
  }
}

/** Nothing is wrong with the statement. */
export function isDatabaseAway(error: unknown): boolean {
  return AppError.hasCode(error, 'DATABASE_BUSY') || AppError.hasCode(error, 'DATABASE_UNAVAILABLE');
}
