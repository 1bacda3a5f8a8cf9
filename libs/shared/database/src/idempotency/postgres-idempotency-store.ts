import { remainingMs } from '@faas/request-context';
import { randomUUID } from 'node:crypto';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';

const KEPT_MS = 24 * 3_600_000;
/** How long a key stays taken when its process died before the answer: the request's own deadline and a little. */
const LEASE_MARGIN_MS = 5_000;
const LONGEST_LEASE_MS = 900_000;
const EXPIRED_AT_ONCE = 20;

export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type IdempotencyState =
  | { readonly state: 'started'; readonly token: string }
  | { readonly state: 'in-progress' }
  | { readonly state: 'other-body' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer };

interface IdempotencyRow {
  request_hash: string;
  status: number | null;
  content_type: string | null;
  body: string | null;
}

/** Keeps the answers of requests with an Idempotency-Key; fills the port IdempotencyStore of @faas/bootstrap. */
export class PostgresIdempotencyStore {
  private readonly table: string;

  constructor(
    private readonly database: Database,
    service: ServiceSchema,
  ) {
    this.table = `${service}.idempotency`;
  }

  begin({ key, route, bodyHash }: { key: string; route: string; bodyHash: string }): Promise<IdempotencyState> {
    const token = randomUUID();
    const requestHash = `${route} ${bodyHash}`;
    const leaseMs = Math.min(LONGEST_LEASE_MS, remainingMs(LONGEST_LEASE_MS)) + LEASE_MARGIN_MS;
    return this.database.inTenant(async () => {
      await this.forgetExpired();
      // One statement decides: a new key, or one that expired, or one whose process died unanswered.
      const taken = await this.database.manager.query<unknown[]>(
        `INSERT INTO ${this.table} AS existing (key, request_hash, token, lease_until, expires_at)
         VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', clock_timestamp() + $5 * interval '1 millisecond')
         ON CONFLICT (tenant_id, key) DO UPDATE
            SET request_hash = excluded.request_hash, token = excluded.token, lease_until = excluded.lease_until, expires_at = excluded.expires_at, status = NULL, content_type = NULL, body = NULL
          WHERE existing.expires_at < clock_timestamp() OR (existing.status IS NULL AND existing.lease_until < clock_timestamp())
         RETURNING key`,
        [key, requestHash, token, leaseMs, KEPT_MS],
      );
      if (taken.length > 0) return { state: 'started', token };
      const [row] = await this.database.manager.query<IdempotencyRow[]>(`SELECT request_hash, status, content_type, body FROM ${this.table} WHERE key = $1`, [key]);
      if (!row) return { state: 'in-progress' };
      if (row.request_hash !== requestHash) return { state: 'other-body' };
      if (row.status === null || row.content_type === null || row.body === null) return { state: 'in-progress' };
      return { state: 'answered', answer: { status: row.status, contentType: row.content_type, body: row.body } };
    });
  }

  async complete(token: string, answer: StoredAnswer): Promise<void> {
    await this.database.inTenant(() =>
      this.database.manager.query(`UPDATE ${this.table} SET status = $2, content_type = $3, body = $4 WHERE token = $1`, [token, answer.status, answer.contentType, answer.body]),
    );
  }

  async abandon(token: string): Promise<void> {
    await this.database.inTenant(() => this.database.manager.query(`DELETE FROM ${this.table} WHERE token = $1 AND status IS NULL`, [token]));
  }

  /** A few at a time, as part of other work: the table stays small without a job of its own. */
  private async forgetExpired(): Promise<void> {
    await this.database.manager.query(
      `DELETE FROM ${this.table} WHERE (tenant_id, key) IN (SELECT tenant_id, key FROM ${this.table} WHERE expires_at < clock_timestamp() LIMIT ${EXPIRED_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
    );
  }
}
