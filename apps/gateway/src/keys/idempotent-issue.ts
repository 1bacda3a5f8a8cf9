import { beginOnce, type IdempotencyStore } from '@faas/bootstrap';

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
  const begun = await beginOnce(store, { key, route, body });
  return begun.state === 'answered' ? again(begun.answer.body) : recorded(store, begun.token, create);
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
