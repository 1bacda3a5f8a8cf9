import { AppError } from '@faas/errors';
import type { IdempotencyStore } from '@faas/bootstrap';
import { createHash } from 'node:crypto';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Runs `create` once per Idempotency-Key and keeps only the id that it gives: an answer with a credential in it must not
 * stand in the database, so a repeated request gets its credential signed anew by `again`.
 *
 * @throws AppError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_PROGRESS, REQUEST_INVALID.
 */
export async function issueOnce<T extends { readonly id: string }>(
  store: IdempotencyStore,
  { key, route, body }: { key: string | undefined; route: string; body: unknown },
  { create, again }: { create: () => Promise<T>; again: (id: string) => Promise<T> },
): Promise<T> {
  if (key === undefined) return create();
  if (!KEY.test(key)) throw new AppError('REQUEST_INVALID', 'Idempotency-Key takes 1 to 255 printable ASCII characters.');
  const begun = await store.begin({ key, route, bodyHash: createHash('sha256').update(JSON.stringify(body)).digest('hex') });
  switch (begun.state) {
    case 'other-body':
      throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another request. Use a new key.');
    case 'in-progress':
      throw new AppError('IDEMPOTENCY_KEY_IN_PROGRESS', 'The first request with this Idempotency-Key is still running. Try again shortly.', { retryAfterMs: 1_000 });
    case 'answered':
      return again(begun.answer.body);
    case 'started':
      return recorded(store, begun.token, create);
  }
}

async function recorded<T extends { readonly id: string }>(store: IdempotencyStore, token: string, create: () => Promise<T>): Promise<T> {
  let created: T;
  try {
    created = await create();
  } catch (error) {
    await store.abandon(token);
    throw error;
  }
  await store.complete(token, { status: 201, contentType: 'text/plain', body: created.id });
  return created;
}
