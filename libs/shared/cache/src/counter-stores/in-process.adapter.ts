import { AppError } from '@faas/errors';
import { v7 as uuidv7 } from 'uuid';
import { checkAdd, checkReserve, checkSettle, windowStart, type CheckedCounterRequest } from '../counter-requests';
import {
  Counters,
  SETTLEMENT_MEMORY_MS,
  type AddRequest,
  type AddResult,
  type Reservation,
  type ReservationRefused,
  type ReserveRequest,
  type Settlement,
} from '../counters.port';

interface Hold {
  readonly amount: number;
  readonly window: number;
  readonly expiresAt: number;
  closed: boolean;
}

interface Counter {
  window: number;
  windowMs: number;
  spent: number;
  readonly holds: Map<string, Hold>;
}

const MAX_COUNTERS = 100_000;

/**
 * For one process with nothing configured, and as the readable form of the rules. It is not shared and not kept: a service that runs as more than one process, or whose
 * limits must survive a restart, uses Redis or PostgreSQL.
 */
export class InProcessCounters extends Counters {
  private readonly counters = new Map<string, Counter>();

  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  async add(request: AddRequest): Promise<AddResult> {
    const checked = checkAdd(request);
    const counter = this.current(checked.counter, checked.windowMs);
    const admitted = value(counter, this.now()) + checked.amount <= checked.limit;
    if (admitted) counter.spent += checked.amount;
    return { admitted, value: value(counter, this.now()), resetAt: counter.window + checked.windowMs };
  }

  async reserve(request: ReserveRequest): Promise<Reservation | ReservationRefused> {
    const checked = checkReserve(request);
    const counter = this.current(checked.counter, checked.windowMs);
    const now = this.now();
    const resetAt = endOfWindow(counter, checked);
    if (value(counter, now) + checked.amount > checked.limit) return { admitted: false, value: value(counter, now), resetAt };
    const id = uuidv7();
    const expiresAt = now + checked.ttlMs;
    counter.holds.set(id, { amount: checked.amount, window: counter.window, expiresAt, closed: false });
    return { admitted: true, id, counter: checked.counter, amount: checked.amount, expiresAt, resetAt, value: value(counter, now) };
  }

  async settle(reservation: Reservation, actual: number): Promise<Settlement> {
    const checked = checkSettle(reservation, actual);
    const counter = this.current(checked.counter, checked.windowMs);
    const now = this.now();
    const hold = counter.holds.get(checked.id);
    if (!hold) return { outcome: 'forgotten', value: value(counter, now) };
    if (hold.closed) return { outcome: 'closed', value: value(counter, now) };
    hold.closed = true;
    if (hold.window === counter.window) counter.spent = Math.min(counter.spent + checked.actual, Number.MAX_SAFE_INTEGER);
    return { outcome: hold.expiresAt <= now ? 'late' : 'settled', value: value(counter, now) };
  }

  release(reservation: Reservation): Promise<Settlement> {
    return this.settle(reservation, 0);
  }

  private current(name: string, windowMs: number): Counter {
    const now = this.now();
    const window = windowStart(now, windowMs);
    let counter = this.counters.get(name);
    if (!counter) {
      if (this.counters.size >= MAX_COUNTERS) this.dropEnded(now);
      counter = { window, windowMs, spent: 0, holds: new Map() };
      this.counters.set(name, counter);
    }
    if (counter.window !== window) Object.assign(counter, { window, spent: 0 });
    forget(counter, now);
    return counter;
  }

  private dropEnded(now: number): void {
    for (const [name, counter] of this.counters) {
      forget(counter, now);
      if (counter.windowMs > 0 && counter.window + counter.windowMs <= now && counter.holds.size === 0) this.counters.delete(name);
    }
    if (this.counters.size >= MAX_COUNTERS) throw new AppError('CACHE_UNAVAILABLE', `This process already keeps ${MAX_COUNTERS} counters.`);
  }
}

function value(counter: Counter, now: number): number {
  let held = 0;
  for (const hold of counter.holds.values()) {
    if (!hold.closed && hold.expiresAt > now && hold.window === counter.window) held += hold.amount;
  }
  return Math.min(counter.spent + held, Number.MAX_SAFE_INTEGER);
}

function forget(counter: Counter, now: number): void {
  for (const [id, hold] of counter.holds) if (hold.expiresAt + SETTLEMENT_MEMORY_MS <= now) counter.holds.delete(id);
}

function endOfWindow(counter: Counter, { windowMs }: CheckedCounterRequest): number | null {
  return windowMs === 0 ? null : counter.window + windowMs;
}
