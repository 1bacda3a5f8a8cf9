import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '@faas/errors';

const open = new AsyncLocalStorage<true>();

/** Marks everything `work` awaits as running inside an open database transaction. */
export function runInTransactionScope<T>(work: () => T): T {
  return open.run(true, work);
}

/**
 * Called by every way out of the process (HTTP, cache, events): a slow neighbour must never hold a database connection.
 *
 * @param what names the call for the error message, for example "cache.get".
 * @throws AppError EXTERNAL_CALL_IN_TRANSACTION
 */
export function assertOutsideTransaction(what: string): void {
  if (open.getStore()) {
    throw new AppError('EXTERNAL_CALL_IN_TRANSACTION', `${what} was called while a database transaction is open. Call it before or after the transaction.`);
  }
}
