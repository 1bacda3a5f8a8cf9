import { SETTLEMENT_MEMORY_MS } from '@faas/cache';
import type { EntityManager } from 'typeorm';

export const NOW = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
const REMOVED_AT_ONCE = 20;

export interface CounterTables {
  readonly counter: string;
  readonly hold: string;
}

/** A counter whose row the transaction has locked, in its present window. */
export interface CounterRow {
  readonly name: string;
  readonly windowStart: number;
  readonly resetAt: number | null;
  /** By the database's clock. */
  readonly now: number;
  readonly spent: number;
  /** By reservations that live. */
  readonly held: number;
}

interface StoredCounter {
  window_start: string;
  ends_at: string | null;
  spent: string;
  now: string;
  made: boolean;
}

/** Makes or locks the row and moves it to the present window. A window never goes back, whoever waited for the lock longest. */
export async function lockCounter(manager: EntityManager, tables: CounterTables, name: string, windowMs: number): Promise<CounterRow> {
  // The clock is read once: twice would begin a window now and then a millisecond late.
  const start = windowMs === 0 ? '0::bigint' : `${NOW} / $2::bigint * $2::bigint`;
  const [row] = await manager.query<[StoredCounter]>(
    `INSERT INTO ${tables.counter} AS existing (name, window_start, ends_at)
     SELECT $1, start, CASE WHEN $2::bigint > 0 THEN start + $2::bigint END FROM (SELECT ${start} AS start) AS present
     ON CONFLICT (name) DO UPDATE SET
       spent = CASE WHEN excluded.window_start > existing.window_start THEN 0 ELSE existing.spent END,
       window_start = greatest(excluded.window_start, existing.window_start),
       ends_at = greatest(excluded.ends_at, existing.ends_at)
     RETURNING window_start, ends_at, spent, ${NOW} AS now, xmax = 0 AS made`,
    [name, windowMs],
  );
  const [sum] = await manager.query<[{ held: string }]>(
    `SELECT coalesce(sum(amount), 0) AS held FROM ${tables.hold} WHERE counter = $1 AND window_start = $2::bigint AND NOT closed AND expires_at > $3::bigint`,
    [name, row.window_start, row.now],
  );
  if (row.made) await removeEnded(manager, tables);
  return {
    name,
    windowStart: Number(row.window_start),
    resetAt: row.ends_at === null ? null : Number(row.ends_at),
    now: Number(row.now),
    spent: Number(row.spent),
    held: Number(sum.held),
  };
}

/** A few with each new counter, so that the tables do not grow with counters nobody uses any more. */
async function removeEnded(manager: EntityManager, { counter, hold }: CounterTables): Promise<void> {
  for (const [table, key, ended] of [
    [counter, 'name', `ends_at < ${NOW}`],
    [hold, 'id', `expires_at < ${NOW} - ${SETTLEMENT_MEMORY_MS}`],
  ]) {
    await manager.query(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${ended} LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`);
  }
}
