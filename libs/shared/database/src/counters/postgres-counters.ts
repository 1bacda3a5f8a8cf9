import {
  checkAdd,
  checkReserve,
  checkSettle,
  Counters,
  SETTLEMENT_MEMORY_MS,
  type AddRequest,
  type AddResult,
  type Reservation,
  type ReservationRefused,
  type ReserveRequest,
  type Settlement,
} from '@faas/cache';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';

const NOW = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
const REMOVED_AT_ONCE = 20;

/** A counter whose row this transaction has locked: whoever comes next waits. */
interface LockedCounter {
  readonly name: string;
  readonly windowStart: number;
  readonly resetAt: number | null;
  readonly now: number;
}

/**
 * Counters as rows. Every call is one transaction that locks its counter's row, so calls on one counter are serial and
 * calls on different ones are not. Deadline: 5 s for a connection, then the statement time-out of Database.
 */
export class PostgresCounters extends Counters {
  private readonly counter: string;
  private readonly hold: string;

  constructor(
    private readonly database: Database,
    service: ServiceSchema,
  ) {
    super();
    this.counter = `${service}.counter`;
    this.hold = `${service}.counter_hold`;
  }

  async add(request: AddRequest): Promise<AddResult> {
    const { counter, amount, limit, windowMs } = checkAdd(request);
    return this.database.withoutTenant(async () => {
      const locked = await this.lock(counter, windowMs);
      const before = await this.value(locked);
      const admitted = before + amount <= limit;
      if (admitted && amount > 0) await this.spend(locked, amount);
      return { admitted, value: admitted ? before + amount : before, resetAt: locked.resetAt ?? 0 };
    });
  }

  async reserve(request: ReserveRequest): Promise<Reservation | ReservationRefused> {
    const { counter, amount, limit, ttlMs, windowMs } = checkReserve(request);
    return this.database.withoutTenant(async () => {
      const locked = await this.lock(counter, windowMs);
      const before = await this.value(locked);
      const { resetAt, windowStart, now } = locked;
      if (before + amount > limit) return { admitted: false, value: before, resetAt };
      const id = uuidv7();
      const expiresAt = now + ttlMs;
      await this.database.manager.query(`INSERT INTO ${this.hold} (id, counter, window_start, amount, expires_at) VALUES ($1, $2, $3, $4, $5)`, [id, counter, windowStart, amount, expiresAt]);
      return { admitted: true, id, counter, amount, expiresAt, resetAt, value: before + amount };
    });
  }

  async settle(reservation: Reservation, actual: number): Promise<Settlement> {
    const { counter, id, windowMs, actual: used } = checkSettle(reservation, actual);
    return this.database.withoutTenant(async () => {
      const locked = await this.lock(counter, windowMs);
      const [row] = await this.database.manager.query<{ closed: boolean; window_start: string; expires_at: string }[]>(
        `SELECT closed, window_start, expires_at FROM ${this.hold} WHERE id = $1 AND counter = $2 AND expires_at > $3`,
        [id, counter, locked.now - SETTLEMENT_MEMORY_MS],
      );
      if (!row) return { outcome: 'forgotten', value: await this.value(locked) };
      if (row.closed) return { outcome: 'closed', value: await this.value(locked) };
      await this.database.manager.query(`UPDATE ${this.hold} SET closed = true WHERE id = $1`, [id]);
      if (Number(row.window_start) === locked.windowStart) await this.spend(locked, used);
      return { outcome: Number(row.expires_at) <= locked.now ? 'late' : 'settled', value: await this.value(locked) };
    });
  }

  release(reservation: Reservation): Promise<Settlement> {
    return this.settle(reservation, 0);
  }

  /** Makes or locks the row and moves it to the present window. A window never goes back, whoever waited for the lock longest. */
  private async lock(name: string, windowMs: number): Promise<LockedCounter> {
    // The clock is read once: twice would begin a window now and then a millisecond late.
    const start = windowMs === 0 ? '0::bigint' : `${NOW} / $2::bigint * $2::bigint`;
    const [row] = await this.database.manager.query<{ window_start: string; ends_at: string | null; now: string; made: boolean }[]>(
      `INSERT INTO ${this.counter} AS existing (name, window_start, ends_at)
       SELECT $1, start, CASE WHEN $2::bigint > 0 THEN start + $2::bigint END FROM (SELECT ${start} AS start) AS present
       ON CONFLICT (name) DO UPDATE SET
         spent = CASE WHEN excluded.window_start > existing.window_start THEN 0 ELSE existing.spent END,
         window_start = greatest(excluded.window_start, existing.window_start),
         ends_at = greatest(excluded.ends_at, existing.ends_at)
       RETURNING window_start, ends_at, ${NOW} AS now, xmax = 0 AS made`,
      [name, windowMs],
    );
    if (!row) throw new Error('The database returned no counter.');
    if (row.made) await this.removeEnded();
    return { name, windowStart: Number(row.window_start), resetAt: row.ends_at === null ? null : Number(row.ends_at), now: Number(row.now) };
  }

  /** Spent and reserved, within what a number holds exactly. */
  private async value({ name, windowStart, now }: LockedCounter): Promise<number> {
    const [row] = await this.database.manager.query<{ value: string }[]>(
      `SELECT least(9007199254740991, spent + coalesce((SELECT sum(amount) FROM ${this.hold} WHERE counter = $1 AND window_start = $2 AND NOT closed AND expires_at > $3), 0)) AS value
         FROM ${this.counter} WHERE name = $1`,
      [name, windowStart, now],
    );
    return Number(row?.value);
  }

  private async spend({ name }: LockedCounter, amount: number): Promise<void> {
    await this.database.manager.query(`UPDATE ${this.counter} SET spent = least(9007199254740991, spent + $2::bigint) WHERE name = $1`, [name, amount]);
  }

  /** A few with each new counter, so that the tables do not grow with counters nobody uses any more. */
  private async removeEnded(): Promise<void> {
    for (const [table, key, ended] of [
      [this.counter, 'name', `ends_at < ${NOW}`],
      [this.hold, 'id', `expires_at < ${NOW} - ${SETTLEMENT_MEMORY_MS}`],
    ]) {
      await this.database.manager.query(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${ended} LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`);
    }
  }
}
