import { AppError } from '@faas/errors';
import { assertOutsideTransaction, requireTenant } from '@faas/request-context';
import type { AddRequest, CounterKey, Reservation, ReserveRequest } from './counters.port';

const DAY_MS = 86_400_000;
/** `s:<window>:<key>` or `t:<tenant>:<window>:<key>`. */
const COUNTER = /^(?:s|t:[^:]+):(\d+):/;

/** What an adapter stores under: opaque, unique per tenant, key and window. */
export interface CheckedCounterRequest {
  readonly counter: string;
  readonly amount: number;
  readonly limit: number;
  /** 0: the counter never resets. */
  readonly windowMs: number;
}

export interface CheckedSettlement {
  readonly counter: string;
  readonly id: string;
  readonly windowMs: number;
  readonly actual: number;
}

export interface CheckedReserveRequest extends CheckedCounterRequest {
  readonly ttlMs: number;
}

/** Every adapter's first line of `add`: the port's rules in one place. @throws AppError INTERNAL, EXTERNAL_CALL_IN_TRANSACTION */
export function checkAdd(request: AddRequest): CheckedCounterRequest {
  assertOutsideTransaction('counters.add');
  integer('amount', request.amount, 0, Number.MAX_SAFE_INTEGER);
  integer('limit', request.limit, 0, Number.MAX_SAFE_INTEGER);
  integer('windowMs', request.windowMs, 1_000, 366 * DAY_MS);
  return { counter: counterName(request, request.windowMs), amount: request.amount, limit: request.limit, windowMs: request.windowMs };
}

/** Every adapter's first line of `reserve`. @throws AppError INTERNAL, EXTERNAL_CALL_IN_TRANSACTION */
export function checkReserve(request: ReserveRequest): CheckedReserveRequest {
  assertOutsideTransaction('counters.reserve');
  integer('amount', request.amount, 1, Number.MAX_SAFE_INTEGER);
  integer('limit', request.limit, 0, Number.MAX_SAFE_INTEGER);
  integer('ttlMs', request.ttlMs, 1_000, DAY_MS);
  if (request.windowMs !== undefined) integer('windowMs', request.windowMs, 1_000, 366 * DAY_MS);
  const windowMs = request.windowMs ?? 0;
  return { counter: counterName(request, windowMs), amount: request.amount, limit: request.limit, ttlMs: request.ttlMs, windowMs };
}

/** Every adapter's first line of `settle` and `release`. @throws AppError INTERNAL, EXTERNAL_CALL_IN_TRANSACTION */
export function checkSettle(reservation: Reservation, actual: number): CheckedSettlement {
  assertOutsideTransaction('counters.settle');
  integer('actual', actual, 0, Number.MAX_SAFE_INTEGER);
  const [, windowMs] = COUNTER.exec(reservation.counter) ?? [];
  if (windowMs === undefined) throw new AppError('INTERNAL', 'Counters: this is not a reservation that reserve() returned.');
  return { counter: reservation.counter, id: reservation.id, windowMs: Number(windowMs), actual };
}

/** Start of the window that holds `now`; 0 for a counter that never resets. */
export function windowStart(now: number, windowMs: number): number {
  return windowMs === 0 ? 0 : now - (now % windowMs);
}

function counterName(request: CounterKey, windowMs: number): string {
  if (request.key.length < 1 || request.key.length > 256) {
    throw new AppError('INTERNAL', `A counter key has 1 to 256 characters, this one has ${request.key.length}.`);
  }
  const owner = request.shared ? 's' : `t:${encodeURIComponent(requireTenant())}`;
  return `${owner}:${windowMs}:${request.key}`;
}

function integer(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new AppError('INTERNAL', `Counters: ${name} must be an integer from ${least} to ${most}, not ${value}.`);
  }
}
