import type { RedisConnection } from '../redis/redis-connection';
import { KeyedCache, type KeyedCacheOptions } from './keyed-cache';

/** Every command is repeatable, so each is sent once more when the connection breaks under it. */
export class RedisCache extends KeyedCache {
  constructor(
    private readonly connection: RedisConnection,
    options: KeyedCacheOptions,
  ) {
    super(options);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  protected async read(key: string): Promise<string | undefined> {
    const text = await this.connection.run((redis) => redis.get(key), { repeatable: true });
    return text ?? undefined;
  }

  protected async write(key: string, text: string, ttlMs: number): Promise<void> {
    await this.connection.run((redis) => redis.set(key, text, 'PX', ttlMs), { repeatable: true });
  }

  protected async remove(key: string): Promise<void> {
    await this.connection.run((redis) => redis.unlink(key), { repeatable: true });
  }

  protected async ping(): Promise<void> {
    await this.connection.run((redis) => redis.ping(), { repeatable: true });
  }
}
