import { AppError } from '@faas/errors';
import { createHash } from 'node:crypto';
import type { IdempotencyState, IdempotencyStore } from './idempotency-store.port';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The first request with its key has to `complete` or `abandon` the token; a repeated one has the first one's answer. */
export type BegunOnce = Extract<IdempotencyState, { state: 'started' | 'answered' }>;

/**
 * Begins a request that carries an Idempotency-Key.
 *
 * @throws AppError REQUEST_INVALID (the key), IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_PROGRESS.
 */
export async function beginOnce(store: IdempotencyStore, { key, route, body }: { key: string; route: string; body: unknown }): Promise<BegunOnce> {
  if (!KEY.test(key)) throw new AppError('REQUEST_INVALID', 'Idempotency-Key takes 1 to 255 printable ASCII characters.');
  const bodyHash = createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('hex');
  const begun = await store.begin({ key, route, bodyHash });
  switch (begun.state) {
    case 'other-body':
      throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another request. Use a new key.');
    case 'in-progress':
      throw new AppError('IDEMPOTENCY_KEY_IN_PROGRESS', 'The first request with this Idempotency-Key is still running. Try again shortly.', { retryAfterMs: 1_000 });
    default:
      return begun;
  }
}
