import { AppError } from '@faas/errors';
import { LRUCache } from 'lru-cache';
import { KeyedCache, type KeyedCacheOptions } from './keyed-cache';

export interface InProcessCacheOptions extends KeyedCacheOptions {
  /** Bound of keys and values together. Default 32 MiB; the least recently used entries go first. */
  readonly maxBytes?: number;
}

/** For one process: other processes see nothing of it, and it is empty after a restart. */
export class InProcessCache extends KeyedCache {
  private readonly entries: LRUCache<string, string>;
  private closed = false;

  constructor(options: InProcessCacheOptions) {
    super(options);
    const maxSize = options.maxBytes ?? 32 * 1024 * 1024;
    this.entries = new LRUCache({ maxSize, sizeCalculation: (text, key) => Buffer.byteLength(text) + Buffer.byteLength(key) });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.entries.clear();
  }

  protected async read(key: string): Promise<string | undefined> {
    return this.open().get(key);
  }

  protected async write(key: string, text: string, ttlMs: number): Promise<void> {
    this.open().set(key, text, { ttl: ttlMs });
  }

  protected async remove(key: string): Promise<void> {
    this.open().delete(key);
  }

  protected async ping(): Promise<void> {
    this.open();
  }

  private open(): LRUCache<string, string> {
    if (this.closed) throw new AppError('CACHE_UNAVAILABLE', 'The cache is closed.');
    return this.entries;
  }
}
