import { AppError } from '@faas/errors';
import { HttpClient } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import type { Cache } from './cache.port';
import { DegradingCache } from './caches/degrading.decorator';
import { HttpCache } from './caches/http.adapter';
import { InProcessCache } from './caches/in-process.adapter';
import { RedisCache } from './caches/redis.adapter';
import { RedisCounters } from './counter-stores/redis.adapter';
import { RedisConnection } from './redis/redis-connection';

export interface CacheSettings {
  /** Name of the service: the first part of every key. */
  readonly service: string;
  readonly logger: Logger;
  /** REDIS_URL. */
  readonly redisUrl?: string;
  /** CACHE_SERVICE_URL, used without REDIS_URL. */
  readonly cacheServiceUrl?: string;
  /** CACHE_SERVICE_TOKEN, required with CACHE_SERVICE_URL. */
  readonly cacheServiceToken?: string;
  /** Bound of the in-process cache. Default 32 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds one call may take. Default 1,000. */
  readonly timeoutMs?: number;
  /** `fail` (default): an outage is CACHE_UNAVAILABLE. `miss`: see DegradingCache. */
  readonly onOutage?: 'fail' | 'miss';
}

/**
 * The cache that the configuration names: Redis, else the HTTP cache, else in process.
 *
 * Redis is connected here, so that a wrong REDIS_URL ends the start with one clear line. The HTTP cache is first called when it is first used.
 *
 * @throws AppError CONFIG_INVALID naming the variable
 */
export async function createCache(settings: CacheSettings): Promise<Cache> {
  const cache = await chooseCache(settings);
  return settings.onOutage === 'miss' ? new DegradingCache(cache, settings.logger) : cache;
}

async function chooseCache({ service, logger, redisUrl, cacheServiceUrl, cacheServiceToken, maxBytes, timeoutMs }: CacheSettings): Promise<Cache> {
  const options = { namespace: service, timeoutMs };
  if (redisUrl) return new RedisCache(await RedisConnection.open({ url: redisUrl, name: `${service}-cache`, logger }), options);
  if (!cacheServiceUrl) return new InProcessCache({ ...options, maxBytes });
  if (!cacheServiceToken) throw new AppError('CONFIG_INVALID', 'CACHE_SERVICE_TOKEN: required when CACHE_SERVICE_URL is set.');
  const headers = () => ({ authorization: `Bearer ${cacheServiceToken}` });
  return new HttpCache(new HttpClient({ name: 'cache-service', baseUrl: cacheServiceUrl, logger, timeoutMs: timeoutMs ?? 1_000, headers }), options);
}

/**
 * Counters on a connection of their own.
 *
 * @throws AppError CONFIG_INVALID naming REDIS_URL
 */
export async function openRedisCounters(settings: Pick<CacheSettings, 'service' | 'logger' | 'timeoutMs'> & { redisUrl: string }): Promise<RedisCounters> {
  const { service, logger, redisUrl, timeoutMs } = settings;
  return new RedisCounters(await RedisConnection.open({ url: redisUrl, name: `${service}-counters`, logger }), { namespace: service, timeoutMs });
}
