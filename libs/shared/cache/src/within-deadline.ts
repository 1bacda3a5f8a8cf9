import { AppError } from '@faas/errors';
import { remainingMs } from '@faas/request-context';

/**
 * Waits for `work` no longer than `timeoutMs` or what is left of the request. The work itself is not stopped: its result is dropped.
 *
 * @throws AppError DEADLINE_EXCEEDED when the request has no time left, CACHE_UNAVAILABLE when the store does not answer in time.
 */
export async function withinDeadline<T>(what: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const left = remainingMs(timeoutMs);
  if (left === 0) throw new AppError('DEADLINE_EXCEEDED', `No time is left for ${what}.`);
  const waitMs = Math.min(timeoutMs, left);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('CACHE_UNAVAILABLE', `${what} got no answer within ${waitMs} ms.`)), waitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
