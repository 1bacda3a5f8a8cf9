import { newId } from '@faas/api';
import type { Logger } from '@faas/logging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredUsage, UsageEntry, UsageStore } from './usage-store.port';

export interface UsageRecorderOptions {
  /** The longest time that an answer's end waits for its row. */
  readonly patienceMs?: number;
  readonly retryMs?: number;
  /** Entries that may be on their way to the database; more are dropped with an error in the log. */
  readonly mostWaiting?: number;
}

const BATCH = 100;
const ATTEMPTS = 5;

/**
 * Writes a call's usage before its answer ends, so that a process that dies loses no row of an answer that is out. A
 * database that is busy or away delays that end by `patienceMs` at most and never fails the call: the row then stands in
 * the log and is tried again beside later answers.
 */
export class UsageRecorder {
  private readonly underWay = new Set<Promise<void>>();
  private waiting: StoredUsage[] = [];
  private draining?: Promise<void>;
  private closing = false;

  constructor(
    private readonly store: UsageStore,
    private readonly logger: Logger,
    private readonly options: UsageRecorderOptions = {},
  ) {}

  /** Resolves when the row is stored or stands in the log. Never throws. */
  async record(entry: UsageEntry): Promise<void> {
    const stored = { ...entry, id: newId('call') };
    if (this.underWay.size + this.waiting.length >= (this.options.mostWaiting ?? 10_000)) return this.lose([stored], new Error('Too many usage records are waiting for the database.'));
    let late = false;
    const delayed = (error?: unknown) => {
      if (!late) this.logger.warn('usage.delayed', { error, records: [loggable(stored)] });
      late = true;
    };
    const writing = this.store.append(stored.tenant, [stored]).catch((error: unknown) => {
      delayed(error);
      this.retry(stored);
    });
    const settled = writing.finally(() => this.underWay.delete(settled));
    this.underWay.add(settled);
    if (!(await endsWithin(settled, this.options.patienceMs ?? 1_000))) delayed();
  }

  /** Writes what is on its way; called when the last answer is out. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.underWay.size > 0 || this.draining) await Promise.all([...this.underWay, this.draining]);
  }

  private retry(stored: StoredUsage): void {
    this.waiting.push(stored);
    this.draining ??= this.drain();
  }

  private async drain(): Promise<void> {
    await sleep(this.retryMs);
    while (this.waiting.length > 0) {
      const tenant = this.waiting[0]?.tenant ?? '';
      const batch = this.waiting.filter((entry) => entry.tenant === tenant).slice(0, BATCH);
      await this.write(tenant, batch);
      // Until now they counted as waiting.
      const taken = new Set(batch);
      this.waiting = this.waiting.filter((entry) => !taken.has(entry));
    }
    // In the same turn as the check above: a row that comes later starts anew.
    this.draining = undefined;
  }

  private get retryMs(): number {
    return this.options.retryMs ?? 200;
  }

  private async write(tenant: string, batch: readonly StoredUsage[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.store.append(tenant, batch);
        return;
      } catch (error) {
        if (attempt >= (this.closing ? 2 : ATTEMPTS)) return this.lose(batch, error);
        await sleep(this.retryMs * 2 ** attempt);
      }
    }
  }

  /** The log keeps what the database did not take. */
  private lose(batch: readonly StoredUsage[], error: unknown): void {
    this.logger.error('usage.not-stored', { error, records: batch.map(loggable) });
  }
}

function loggable({ createdAt, ...record }: StoredUsage) {
  return { ...record, createdAt: createdAt.toISOString() };
}

async function endsWithin(work: Promise<void>, timeMs: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([work.then(() => true), sleep(timeMs, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
