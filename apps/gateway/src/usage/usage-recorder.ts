import { newId } from '@faas/api';
import type { Logger } from '@faas/logging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredUsage, UsageEntry, UsageStore } from './usage-store.port';

export interface UsageRecorderOptions {
  /** `background`: answers do not wait for the database. `inline`: they do, where nothing runs after the response. */
  readonly mode: 'background' | 'inline';
  readonly retryMs?: number;
  /** Entries that may wait; more are dropped with an error in the log. */
  readonly mostWaiting?: number;
}

const BATCH = 100;
const ATTEMPTS = 5;

/** Writes usage beside the answer: never in its way, never failing it, and not lost when the service ends normally. */
export class UsageRecorder {
  private waiting: StoredUsage[] = [];
  private writing?: Promise<void>;
  private closing = false;

  constructor(
    private readonly store: UsageStore,
    private readonly logger: Logger,
    private readonly options: UsageRecorderOptions,
  ) {}

  /** Never throws. */
  async record(entry: UsageEntry): Promise<void> {
    const stored = { ...entry, id: newId('call') };
    if (this.options.mode === 'inline') return this.write(stored.tenant, [stored]);
    if (this.waiting.length >= (this.options.mostWaiting ?? 10_000)) return this.lose([stored], new Error('Too many usage records are waiting for the database.'));
    this.waiting.push(stored);
    this.writing ??= this.drain().finally(() => (this.writing = undefined));
  }

  /** Writes what is waiting; called when the last answer is out. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.writing) await this.writing;
  }

  private async drain(): Promise<void> {
    // Let the answer go out before its row is written.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const tenant = this.waiting[0]?.tenant ?? '';
      const batch = this.waiting.filter((entry) => entry.tenant === tenant).slice(0, BATCH);
      const taken = new Set(batch);
      this.waiting = this.waiting.filter((entry) => !taken.has(entry));
      await this.write(tenant, batch);
    }
  }

  private async write(tenant: string, batch: readonly StoredUsage[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.store.append(tenant, batch);
        return;
      } catch (error) {
        const last = this.options.mode === 'inline' || this.closing ? 2 : ATTEMPTS;
        if (attempt >= last) return this.lose(batch, error);
        await sleep((this.options.retryMs ?? 200) * 2 ** (attempt - 1));
      }
    }
  }

  /** The log keeps what the database did not take. */
  private lose(batch: readonly StoredUsage[], error: unknown): void {
    this.logger.error('usage.not-stored', { error, records: batch.map(({ createdAt, ...record }) => ({ ...record, createdAt: createdAt.toISOString() })) });
  }
}
