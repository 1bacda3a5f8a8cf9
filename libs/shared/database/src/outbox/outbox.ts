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

  /**
   * Publishes what is waiting; an event leaves the table when the bus has acknowledged it. Outside of transactions.
   *
   * @returns how many.
   * @throws the bus's error; the events it did not take are there for the next call.
   */
  async relay(bus: EventBus): Promise<number> {
    let relayed = 0;
    for (;;) {
      const rows = await this.claim();
      const { sent, failure } = await publishAll(bus, rows);
      await this.settle(rows, sent);
      relayed += sent.length;
      if (failure !== undefined) throw failure.error;
      if (rows.length < BATCH) return relayed;
    }
  }

  private async settle(rows: readonly OutboxRow[], sent: readonly string[]): Promise<void> {
    if (rows.length === 0) return;
    const unsent = rows.map(({ id }) => id).filter((id) => !sent.includes(id));
    await this.database.asWorker(async () => {
      await this.database.manager.query(`DELETE FROM ${this.table} WHERE id = ANY ($1)`, [sent]);
      await this.database.manager.query(`UPDATE ${this.table} SET lease_until = NULL WHERE id = ANY ($1)`, [unsent]);
    });
  }

  private async claim(): Promise<OutboxRow[]> {
    return this.database.asWorker(() =>
      this.database.manager.query<OutboxRow[]>(
        `WITH due AS MATERIALIZED (
           SELECT id FROM ${this.table} WHERE lease_until IS NULL OR lease_until < clock_timestamp() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
         ), claimed AS (
           UPDATE ${this.table} SET lease_until = clock_timestamp() + $1 * interval '1 millisecond' WHERE id IN (SELECT id FROM due) RETURNING *
         ) SELECT * FROM claimed ORDER BY id`,
        [LEASE_MS, BATCH],
      ),
    );
  }
}

/** Stops at the first failure, so that a later event does not overtake an earlier one. */
async function publishAll(bus: EventBus, rows: readonly OutboxRow[]): Promise<{ sent: string[]; failure?: { error: unknown } }> {
  const sent: string[] = [];
  for (const row of rows) {
    try {
      await bus.publish(toEvent(row));
    } catch (error) {
      return { sent, failure: { error } };
    }
    sent.push(row.id);
  }
  return { sent };
}

function toEvent(row: OutboxRow): DomainEvent {
  return { id: row.event_id, subject: row.subject, tenant: row.tenant_id, occurredAt: row.occurred_at.toISOString(), data: row.data };
}
