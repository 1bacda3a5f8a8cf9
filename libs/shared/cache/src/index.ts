export { Cache, type CacheKeyOptions, type CacheReadOptions, type CacheWriteOptions } from './cache.port';
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
export { checkAdd, checkReserve, checkSettle, windowStart, type CheckedCounterRequest, type CheckedReserveRequest } from './counter-requests';
