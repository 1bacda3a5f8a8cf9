export { Cache, type CacheKeyOptions, type CacheReadOptions, type CacheWriteOptions } from './cache.port';
export { DegradingCache } from './caches/degrading.decorator';
export { HttpCache } from './caches/http.adapter';
export { InProcessCache, type InProcessCacheOptions } from './caches/in-process.adapter';
export { type KeyedCacheOptions } from './caches/keyed-cache';
export { RedisCache } from './caches/redis.adapter';
export {
  checkAdd,
  checkReserve,
  checkSettle,
  windowStart,
  type CheckedCounterRequest,
  type CheckedReserveRequest,
  type CheckedSettlement,
} from './counter-requests';
export { InProcessCounters } from './counter-stores/in-process.adapter';
export { RedisCounters, type RedisCountersOptions } from './counter-stores/redis.adapter';
export {
  Counters,
  SETTLEMENT_MEMORY_MS,
  type AddRequest,
  type AddResult,
  type CounterKey,
  type Reservation,
  type ReservationRefused,
  type ReserveRequest,
  type Settlement,
  type SettlementOutcome,
} from './counters.port';
export { createCache, openRedisCounters, type CacheSettings } from './create-cache';
export { RedisConnection, type RedisConnectionOptions } from './redis/redis-connection';
