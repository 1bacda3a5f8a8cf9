import { AppError, type ErrorCode } from '@faas/errors';

/** A longer wait is the caller's to decide: it gets the 429 with its Retry-After at once. */
export const LONGEST_WAIT_MS = 5_000;
const BASE_MS = 250;
const REPEATABLE: ReadonlySet<ErrorCode> = new Set(['MODEL_PROVIDER_UNAVAILABLE', 'MODEL_PROVIDER_RATE_LIMITED', 'MODEL_STREAM_BROKEN']);

/**
 * Milliseconds to wait before a call that delivered no output is tried again; undefined when it must not be.
 *
 * @param attempt calls made so far, at least 1.
 */
export function retryDelayMs(error: unknown, attempt: number, retries: number, random: () => number = Math.random): number | undefined {
  if (attempt > retries || !AppError.is(error) || !error.retryable || !REPEATABLE.has(error.code)) return undefined;
  if (error.code === 'MODEL_PROVIDER_RATE_LIMITED' && error.retryAfterMs === undefined) return undefined;
  const least = error.retryAfterMs ?? 0;
  if (least > LONGEST_WAIT_MS) return undefined;
  const backoff = random() * BASE_MS * 2 ** (attempt - 1);
  return Math.ceil(Math.max(backoff, least));
}
