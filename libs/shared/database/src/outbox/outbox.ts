import type { DomainEvent, EventBus } from '@faas/events';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';

const BATCH = 100;
/** After so long another relay sends what this one claimed: the bus drops repeats by the event's id. */
const LEASE_MS = 30_000;

interface OutboxRow {
  id: string;
  tenant_id: string;
  event_id: string;
  subject: string;
  occurred_at: Date;
  data: Record<string, unknown>;
}

/**
 * Events as part of the transaction that causes them: none is lost, none is sent for a change that was rolled back.
 *
 * Delivery is at least once and, for one relay, in the order of the appends.
 */
export class Outbox {
  private readonly table: string;

  constructor(
    private readonly database: Database,
    service: ServiceSchema,
  ) {
    this.table = `${service}.outbox`;
  }

  /** Inside inTenant. */
  async append(event: DomainEvent): Promise<void> {
    await this.database.manager.query(`INSERT INTO ${this.table} (tenant_id, event_id, subject, occurred_at, data) VALUES ($1, $2, $3, $4, $5)`, [
      event.tenant,
      event.id,
      event.subject,
      event.occurredAt,
      JSON.stringify(event.data),
    ]);
  }

  /** Publishes what is waiting; an event leaves the table when the bus has acknowledged it. @returns how many. */
  async relay(bus: EventBus): Promise<number> {
    let relayed = 0;
    for (;;) {
      const rows = await this.claim();
      for (const row of rows) {
        await bus.publish(toEvent(row));
        await this.database.asWorker(() => this.database.manager.query(`DELETE FROM ${this.table} WHERE id = $1`, [row.id]));
        relayed += 1;
      }
      if (rows.length < BATCH) return relayed;
    }
  }

  private async claim(): Promise<OutboxRow[]> {
    const [rows] = await this.database.asWorker(() =>
      this.database.manager.query<[OutboxRow[], number]>(
        `UPDATE ${this.table} SET lease_until = clock_timestamp() + $1 * interval '1 millisecond'
          WHERE id IN (SELECT id FROM ${this.table} WHERE lease_until IS NULL OR lease_until < clock_timestamp() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING *`,
        [LEASE_MS, BATCH],
      ),
    );
    return rows.sort((left, right) => Number(BigInt(left.id) - BigInt(right.id)));
  }
}

function toEvent(row: OutboxRow): DomainEvent {
  return { id: row.event_id, subject: row.subject, tenant: row.tenant_id, occurredAt: row.occurred_at.toISOString(), data: row.data };
}
