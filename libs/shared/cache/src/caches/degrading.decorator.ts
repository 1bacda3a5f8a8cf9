import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { Cache, type CacheKeyOptions, type CacheReadOptions, type CacheWriteOptions } from '../cache.port';

const LOG_EVERY_MS = 10_000;

/**
 * Chooses that the service goes on without its cache: while the store is out of reach, reads are misses and writes are dropped. Only for values
 * whose computation the service can afford for every request.
 *
 * `delete` still fails: who deletes relies on the entry being gone. So does `check`, for the health page. Everything but CACHE_UNAVAILABLE passes through.
 * Logs `cache.degraded` at most every 10 s with the number of calls that went without.
 */
export class DegradingCache extends Cache {
  private skipped = 0;
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly cache: Cache,
    private readonly logger: Logger,
  ) {
    super();
  }

  async get<T>(key: string, options?: CacheReadOptions<T>): Promise<T | undefined> {
    return this.orWithout(this.cache.get(key, options));
  }

  async set(key: string, value: unknown, options: CacheWriteOptions): Promise<void> {
    await this.orWithout(this.cache.set(key, value, options));
  }

  delete(key: string, options?: CacheKeyOptions): Promise<void> {
    return this.cache.delete(key, options);
  }

  check(): Promise<void> {
    return this.cache.check();
  }

  close(): Promise<void> {
    return this.cache.close();
  }

  private async orWithout<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      if (!AppError.hasCode(error, 'CACHE_UNAVAILABLE')) throw error;
      this.record(error);
      return undefined;
    }
  }

  private record(error: AppError): void {
    this.skipped += 1;
    const now = performance.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.logger.warn('cache.degraded', { skipped: this.skipped, reason: error.message });
    this.skipped = 0;
    this.loggedAt = now;
  }
}
