import { AppError } from '@faas/errors';
import { assertOutsideTransaction, requireTenant } from '@faas/request-context';
import { Cache, type CacheKeyOptions, type CacheReadOptions, type CacheWriteOptions } from '../cache.port';
import { withinDeadline } from '../within-deadline';

export const MAX_KEY_LENGTH = 512;
export const MAX_VALUE_BYTES = 1024 * 1024;
const MAX_TTL_MS = 30 * 86_400_000;

export interface KeyedCacheOptions {
  /** The service's name: services that share one store do not share keys. */
  readonly namespace: string;
  /** Milliseconds one call may take. Default 1,000. */
  readonly timeoutMs?: number;
}

/** What all adapters share: the port's rules for keys, values, transactions and deadlines. An adapter only moves text. */
export abstract class KeyedCache extends Cache {
  private readonly timeoutMs: number;

  constructor(private readonly options: KeyedCacheOptions) {
    super();
    this.timeoutMs = options.timeoutMs ?? 1_000;
  }

  protected abstract read(key: string): Promise<string | undefined>;
  protected abstract write(key: string, text: string, ttlMs: number): Promise<void>;
  protected abstract remove(key: string): Promise<void>;
  protected abstract ping(): Promise<void>;

  async get<T>(key: string, options: CacheReadOptions<T> = {}): Promise<T | undefined> {
    const text = await this.call('cache.get', () => this.read(this.storeKey(key, options)));
    if (text === undefined) return undefined;
    const value = parseEntry(text);
    if (!options.schema) return value as T | undefined;
    const parsed = options.schema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  }

  async set(key: string, value: unknown, options: CacheWriteOptions): Promise<void> {
    const { ttlMs } = options;
    if (!Number.isSafeInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_TTL_MS) {
      throw new AppError('INTERNAL', `cache.set: ttlMs must be an integer from 1 to ${MAX_TTL_MS}, not ${ttlMs}.`);
    }
    const text = serialise(key, value);
    await this.call('cache.set', () => this.write(this.storeKey(key, options), text, ttlMs));
  }

  async delete(key: string, options: CacheKeyOptions = {}): Promise<void> {
    await this.call('cache.delete', () => this.remove(this.storeKey(key, options)));
  }

  async check(): Promise<void> {
    await this.call('cache.check', () => this.ping());
  }

  private async call<T>(what: string, work: () => Promise<T>): Promise<T> {
    assertOutsideTransaction(what);
    return withinDeadline(what, this.timeoutMs, work);
  }

  /** The tenant is encoded so that no tenant's name and key together spell another's. */
  private storeKey(key: string, { shared = false }: CacheKeyOptions): string {
    if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
      throw new AppError('INTERNAL', `A cache key has 1 to ${MAX_KEY_LENGTH} characters, this one has ${key.length}. Hash what is longer.`);
    }
    const owner = shared ? 's' : `t:${encodeURIComponent(requireTenant())}`;
    return `faas:${this.options.namespace}:cache:${owner}:${key}`;
  }
}

function serialise(key: string, value: unknown): string {
  const text = stringify(key, value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) throw new AppError('INTERNAL', `The value for cache key "${key}" is ${bytes} bytes of JSON, the limit is ${MAX_VALUE_BYTES}.`);
  return text;
}

function stringify(key: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new AppError('INTERNAL', `The value for cache key "${key}" cannot be written as JSON.`, { cause });
  }
  if (text === undefined) throw new AppError('INTERNAL', `The value for cache key "${key}" is not JSON: undefined and functions cannot be stored.`);
  return text;
}

/** What is no JSON was not written by this port: the entry counts as absent, and the caller computes its value anew. */
function parseEntry(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
