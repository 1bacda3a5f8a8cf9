export interface CounterKey {
  /** 1 to 256 characters. A counter is identified by key and window: the same key with another window is another counter. */
  readonly key: string;
  /** The counter is one for all tenants. Without it the tenant of the request context is part of the key. */
  readonly shared?: boolean;
}

export interface AddRequest extends CounterKey {
  /** Integer from 0; 0 reads the counter without changing it. */
  readonly amount: number;
  /** Integer from 0: the value that is never exceeded. */
  readonly limit: number;
  /** Length of the window, 1 s to 366 days. Windows are aligned to the Unix epoch: a window of 86,400,000 is a UTC day. */
  readonly windowMs: number;
}

export interface AddResult {
  /** False: nothing was added, the sum would have been over the limit. */
  readonly admitted: boolean;
  /** What is spent and reserved in this window, after this call. */
  readonly value: number;
  /** Epoch milliseconds, by the store's clock, at which the window ends and the value is 0 again. */
  readonly resetAt: number;
}

export interface ReserveRequest extends CounterKey {
  /** The most that the work may cost: integer from 1. */
  readonly amount: number;
  readonly limit: number;
  /** 1 s to 24 h after which an unsettled reservation stops holding its amount: its process died. */
  readonly ttlMs: number;
  /** As for add. Without it the counter never resets. */
  readonly windowMs?: number;
}

/** An amount set aside. Plain JSON: it may be stored, and settled by another process. */
export interface Reservation {
  readonly admitted: true;
  readonly id: string;
  /** The counter's full key with tenant and window: opaque. */
  readonly counter: string;
  readonly amount: number;
  /** Epoch milliseconds, by the store's clock, at which the hold ends. */
  readonly expiresAt: number;
  /** End of the window the amount counts in; null for a counter that never resets. */
  readonly resetAt: number | null;
  /** What is spent and reserved, with this reservation. */
  readonly value: number;
}

export interface ReservationRefused {
  readonly admitted: false;
  readonly value: number;
  readonly resetAt: number | null;
}

/**
 * - `settled`: the hold was replaced by what was really used.
 * - `late`: the hold had expired; what was used is counted all the same, because it is spent.
 * - `closed`: settled or released before; nothing changed.
 * - `forgotten`: longer ago than SETTLEMENT_MEMORY_MS after expiry, or unknown; nothing changed.
 */
export type SettlementOutcome = 'settled' | 'late' | 'closed' | 'forgotten';

export interface Settlement {
  readonly outcome: SettlementOutcome;
  /** What is spent and reserved in the current window, after this call. */
  readonly value: number;
}

/** How long after its expiry a reservation is remembered, so that a late or repeated settlement is told from the first. */
export const SETTLEMENT_MEMORY_MS = 3_600_000;

/**
 * Counts what must not be exceeded: requests, tokens, money (as nano-USD). Not a cache: nothing is evicted.
 *
 * Promise: every call is atomic over all processes that use the same store, by the store's clock. `add` and `reserve` on one counter see
 * each other: spent + live reservations never pass `limit` through an admitted call. `settle` counts what was really used even when
 * that is more than was reserved (it is spent already), so a cap is exceeded by at most the sum of such underestimates. A reservation counts in the
 * window in which it was made: settled after that window's end it changes no other. The first of `settle` and `release` closes a reservation, whatever
 * comes after is answered with `closed`. All amounts are integers up to 2^53 - 1 and exact; a sum beyond that stays at 2^53 - 1.
 *
 * Errors: AppError `CACHE_UNAVAILABLE` or `DATABASE_UNAVAILABLE`/`DATABASE_BUSY` (retryable) by adapter; `EXTERNAL_CALL_IN_TRANSACTION` while a database
 * transaction is open (a rolled-back count is a lost count); `INTERNAL` for a request outside the limits above. After an outage error it is
 * unknown whether the call took effect: an add may have counted, a reservation is released by its ttl.
 *
 * Idempotence: `settle` and `release` by reservation id; `add` and `reserve` are not, and adapters never repeat them by themselves.
 * Deadline: the adapter's own (1 s unless told otherwise) or what is left of the request, whichever is shorter.
 */
export abstract class Counters {
  abstract add(request: AddRequest): Promise<AddResult>;

  abstract reserve(request: ReserveRequest): Promise<Reservation | ReservationRefused>;

  /** @param actual what was used, integer from 0. */
  abstract settle(reservation: Reservation, actual: number): Promise<Settlement>;

  /** The work did not happen: settles with 0. */
  abstract release(reservation: Reservation): Promise<Settlement>;
}
