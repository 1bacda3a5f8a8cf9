import { AppError } from '@faas/errors';
import { requireTenant } from '@faas/request-context';
import { randomUUID } from 'node:crypto';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';

/** A process that is not heard of for so long has lost its work. */
export const LEASE_MS = 15_000;
/** A third of the lease: two may be lost. */
export const HEARTBEAT_MS = 5_000;

export interface NewWork {
  /** For example `rag.ingestion`. */
  readonly kind: string;
  /** Id of the row that knows what is to be done. */
  readonly ref: string;
  readonly runAt?: Date;
}

/** Work that this process holds a lease on. */
export interface ClaimedWork {
  readonly id: string;
  readonly tenant: string;
  readonly kind: string;
  readonly ref: string;
  /** Grows with each claim: a write that names an older one comes from a process that lost its lease. */
  readonly fence: string;
  /** How many processes have claimed it, this one included. */
  readonly attempts: number;
}

export type Failure = { readonly retryInMs: number } | 'final';

interface WorkRow {
  id: string;
  tenant_id: string;
  kind: string;
  ref: string;
  fence: string;
  attempts: number;
}

/**
 * What is to be done, in the database: queues and events are only hints to look here.
 *
 * Promise: of all processes one holds an item at a time. It keeps it while it renews the lease (15 s) by the database's
 * clock; an item whose process died is claimed again by whoever looks next. `complete` belongs to the transaction that
 * writes the result, so an item is done exactly once. Errors: LEASE_LOST from `complete` and `fail`.
 */
export class WorkQueue {
  /** This process in `lease_owner`, for people who look into the table. */
  private readonly owner = `${process.pid}-${randomUUID()}`;
  private readonly table: string;

  constructor(
    private readonly database: Database,
    service: ServiceSchema,
  ) {
    this.table = `${service}.work`;
  }

  /** Inside inTenant: the work exists when the change does. */
  async enqueue({ kind, ref, runAt }: NewWork): Promise<void> {
    await this.database.manager.query(`INSERT INTO ${this.table} (kind, ref, run_at) VALUES ($1, $2, coalesce($3::timestamptz, clock_timestamp()))`, [kind, ref, runAt ?? null]);
  }

  /** Inside inTenant: work that this process begins at once, and that others find when it dies. */
  async enqueueClaimed({ kind, ref }: NewWork): Promise<ClaimedWork> {
    const [row] = await this.database.manager.query<WorkRow[]>(
      `INSERT INTO ${this.table} (kind, ref, state, lease_owner, lease_until, fence, attempts)
       VALUES ($1, $2, 'leased', $3, clock_timestamp() + $4 * interval '1 millisecond', 1, 1) RETURNING *`,
      [kind, ref, this.owner, LEASE_MS],
    );
    return claimed(row as WorkRow);
  }

  /** Takes up to `limit` items that are due, or whose process died, oldest first. */
  async claim(kinds: readonly string[], limit: number): Promise<ClaimedWork[]> {
    const rows = await this.database.asWorker(() =>
      this.database.manager.query<WorkRow[]>(
        // Materialized: the rows are chosen and locked exactly once.
        `WITH due AS MATERIALIZED (
           SELECT id FROM ${this.table}
            WHERE kind = ANY ($3) AND ((state = 'queued' AND run_at <= clock_timestamp()) OR (state = 'leased' AND lease_until < clock_timestamp()))
            ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED
         ), claimed AS (
           UPDATE ${this.table} SET state = 'leased', lease_owner = $1, lease_until = clock_timestamp() + $2 * interval '1 millisecond', fence = fence + 1, attempts = attempts + 1
            WHERE id IN (SELECT id FROM due) RETURNING *
         ) SELECT * FROM claimed ORDER BY run_at, id`,
        [this.owner, LEASE_MS, kinds, limit],
      ),
    );
    return rows.map(claimed);
  }

  /** Renews the lease. False: it was lost, stop working. */
  async heartbeat(work: ClaimedWork): Promise<boolean> {
    const [, count] = await this.database.asWorker(() =>
      this.database.manager.query<[unknown[], number]>(
        `UPDATE ${this.table} SET lease_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE id = $1 AND fence = $2 AND state = 'leased'`,
        [work.id, work.fence, LEASE_MS],
      ),
    );
    return count === 1;
  }

  /** Inside inTenant, with the result. @throws AppError LEASE_LOST, which rolls the result back. */
  async complete(work: ClaimedWork): Promise<void> {
    requireTenant();
    const [, count] = await this.database.manager.query<[unknown[], number]>(`DELETE FROM ${this.table} WHERE id = $1 AND fence = $2 AND state = 'leased'`, [work.id, work.fence]);
    if (count !== 1) throw leaseLost(work);
  }

  /** Gives the item back, to be tried again later, or as failed for good with the reason kept. */
  async fail(work: ClaimedWork, failure: Failure, error: unknown): Promise<void> {
    const [, count] = await this.database.asWorker(() =>
      this.database.manager.query<[unknown[], number]>(
        `UPDATE ${this.table} SET state = $3, run_at = clock_timestamp() + $4 * interval '1 millisecond', lease_owner = NULL, lease_until = NULL, last_error = $5
          WHERE id = $1 AND fence = $2 AND state = 'leased'`,
        [work.id, work.fence, failure === 'final' ? 'failed' : 'queued', failure === 'final' ? 0 : failure.retryInMs, describe(error)],
      ),
    );
    if (count !== 1) throw leaseLost(work);
  }

  /** Gives unfinished work back for others to take at once, because this process ends: that is no attempt. */
  async giveBack(work: ClaimedWork): Promise<void> {
    await this.database.asWorker(() =>
      this.database.manager.query(
        `UPDATE ${this.table} SET state = 'queued', run_at = clock_timestamp(), lease_owner = NULL, lease_until = NULL, attempts = attempts - 1
          WHERE id = $1 AND fence = $2 AND state = 'leased'`,
        [work.id, work.fence],
      ),
    );
  }
}

function claimed(row: WorkRow): ClaimedWork {
  return { id: row.id, tenant: row.tenant_id, kind: row.kind, ref: row.ref, fence: row.fence, attempts: row.attempts };
}

function leaseLost(work: ClaimedWork): AppError {
  return new AppError('LEASE_LOST', `Another process took over the work ${work.kind} ${work.ref}.`);
}

/** The kind of failure, not its message: this table holds no content. */
function describe(error: unknown): string {
  return AppError.is(error) ? error.code : error instanceof Error ? error.name : 'unknown';
}
