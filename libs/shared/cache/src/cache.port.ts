import type * as z from 'zod';

export interface CacheKeyOptions {
  /** The entry belongs to nobody: every tenant reads and writes the same one. Without it the tenant of the request context is part of the key. */
  readonly shared?: boolean;
}

export interface CacheReadOptions<T> extends CacheKeyOptions {
  /** Checks what is read. An entry of another shape (another release wrote it) counts as absent. Without it `T` is the caller's claim. */
  readonly schema?: z.ZodType<T>;
}

export interface CacheWriteOptions extends CacheKeyOptions {
  /** Milliseconds until the entry is gone, 1 to 30 days. Required: an entry without an end is a leak. */
  readonly ttlMs: number;
}

/**
 * Keeps JSON values that can be computed again. An entry may vanish at any time (eviction, restart), so nothing here
 * is ever the only copy: limits, budgets, idempotency and locks use {@link Counters} or the database.
 *
 * Promise: `get` answers the last value set under the key within its ttl, or undefined; never another tenant's value.
 * Values are copied by JSON: what is read shares nothing with what was written. Keys are 1 to 512 characters, values up to
 * 1 MiB of JSON in UTF-8.
 *
 * Errors: AppError `CACHE_UNAVAILABLE` (retryable) when the store is out of reach or does not answer in time;
 * `EXTERNAL_CALL_IN_TRANSACTION` while a database transaction is open; `INTERNAL` for a key, value or ttl outside the limits and for a tenant's
 * key outside a request. An outage is never turned into a miss here: wrap the cache in {@link DegradingCache} to choose that.
 *
 * Idempotence: every call may be repeated. Deadline: the adapter's own (1 s unless told otherwise) or what is left of the request, whichever is shorter.
 */
export abstract class Cache {
  abstract get<T>(key: string, options?: CacheReadOptions<T>): Promise<T | undefined>;

  /** `undefined` cannot be stored: it is what a miss looks like. */
  abstract set(key: string, value: unknown, options: CacheWriteOptions): Promise<void>;

  /** Resolves when the entry is gone, whether or not it was there. */
  abstract delete(key: string, options?: CacheKeyOptions): Promise<void>;

  /** For health checks and the start. @throws AppError CACHE_UNAVAILABLE */
  abstract check(): Promise<void>;

  /** Ends connections. Afterwards every call fails with CACHE_UNAVAILABLE. May be called twice. */
  abstract close(): Promise<void>;
}
