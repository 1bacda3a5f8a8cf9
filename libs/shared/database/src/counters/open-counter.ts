import { SETTLEMENT_MEMORY_MS, type CheckedCounterRequest, type CheckedReserveRequest, type CheckedSettlement, type AddResult, type Reservation, type ReservationRefused, type Settlement } from '@faas/cache';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { CounterRow, CounterTables } from './counter-row';

interface StoredHold {
  closed: boolean;
  window_start: string;
  amount: string;
  expires_at: string;
}

/** One counter within a transaction that has locked it: calls change it here, `store` writes the sum once. */
export class OpenCounter {
  private spent: number;
  private held: number;

  constructor(
    private readonly manager: EntityManager,
    private readonly tables: CounterTables,
    private readonly row: CounterRow,
  ) {
    this.spent = row.spent;
    this.held = row.held;
  }

  async store(): Promise<void> {
    if (this.spent !== this.row.spent) await this.manager.query(`UPDATE ${this.tables.counter} SET spent = $2 WHERE name = $1`, [this.row.name, this.spent]);
  }

  async add({ amount, limit, windowMs }: CheckedCounterRequest): Promise<AddResult> {
    const admitted = this.value + amount <= limit;
    if (admitted) this.spend(amount);
    return { admitted, value: this.value, resetAt: this.row.windowStart + windowMs };
  }

  async reserve({ counter, amount, limit, ttlMs }: CheckedReserveRequest): Promise<Reservation | ReservationRefused> {
    const { resetAt, windowStart, now } = this.row;
    if (this.value + amount > limit) return { admitted: false, value: this.value, resetAt };
    const id = uuidv7();
    const expiresAt = now + ttlMs;
    await this.manager.query(`INSERT INTO ${this.tables.hold} (id, counter, window_start, amount, expires_at) VALUES ($1, $2, $3, $4, $5)`, [id, counter, windowStart, amount, expiresAt]);
    this.held += amount;
    return { admitted: true, id, counter, amount, expiresAt, resetAt, value: this.value };
  }

  async settle({ id, counter, actual }: CheckedSettlement): Promise<Settlement> {
    const { now, windowStart } = this.row;
    const [hold] = await this.manager.query<StoredHold[]>(`SELECT closed, window_start, amount, expires_at FROM ${this.tables.hold} WHERE id = $1 AND counter = $2 AND expires_at > $3`, [
      id,
      counter,
      now - SETTLEMENT_MEMORY_MS,
    ]);
    if (!hold) return { outcome: 'forgotten', value: this.value };
    if (hold.closed) return { outcome: 'closed', value: this.value };
    await this.manager.query(`UPDATE ${this.tables.hold} SET closed = true WHERE id = $1`, [id]);
    const late = Number(hold.expires_at) <= now;
    if (Number(hold.window_start) === windowStart) {
      if (!late) this.held -= Number(hold.amount);
      this.spend(actual);
    }
    return { outcome: late ? 'late' : 'settled', value: this.value };
  }

  /** Sums stay within what a number holds exactly. */
  private get value(): number {
    return Math.min(Number.MAX_SAFE_INTEGER, this.spent + this.held);
  }

  private spend(amount: number): void {
    this.spent = Math.min(Number.MAX_SAFE_INTEGER, this.spent + amount);
  }
}
