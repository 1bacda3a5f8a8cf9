import { endsRun } from '@faas/agent-contract';
import type { StreamFrame } from '@faas/api';
import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import { requireContext, runInContext, type RequestContext } from '@faas/request-context';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunEventsHub } from './run-events.hub';
import type { RunEventEntity } from './run-event.entity';
import { RunStore } from './run.store';

const BATCH = 200;
/** How long a reader waits before it looks again: short while the log grows, longer while nothing happens. */
const POLL_MS = { shortest: 40, longest: 500, growth: 1.5 };

/**
 * Reads a run's log from any place in it, and then follows it live until the run ends, in whichever process it runs.
 * No connection is held while it waits.
 */
export class RunFeed {
  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly hub: RunEventsHub,
  ) {}

  /**
   * @param after sequence number of the last event that the reader has; 0 for none.
   * @throws AppError RUN_NOT_FOUND when the run is deleted meanwhile, and the reason of the request's signal.
   */
  async *follow(runId: string, after: number, context: RequestContext = requireContext()): AsyncGenerator<StreamFrame> {
    const { signal } = context;
    let seen = after;
    let pollMs = POLL_MS.shortest;
    for (;;) {
      signal?.throwIfAborted();
      // Before the look: what is written in between is noticed.
      const hint = this.hub.next(runId);
      try {
        // A generator goes on in the context of whoever asks it to.
        const events = await runInContext(context, () => this.look(runId, seen));
        if (!events) return;
        for (const { seq, type, data } of events) {
          yield { event: type, data };
          seen = seq;
          if (endsRun(type)) return;
        }
        pollMs = events.length > 0 ? POLL_MS.shortest : Math.min(pollMs * POLL_MS.growth, POLL_MS.longest);
        if (events.length < BATCH) await waitFor(hint.notified, pollMs, signal);
      } finally {
        hint.dispose();
      }
    }
  }

  /** @returns undefined when nothing will follow. */
  private look(runId: string, after: number): Promise<readonly RunEventEntity[] | undefined> {
    return this.database.inTenant(async () => {
      const events = await this.runs.events(runId, after, BATCH);
      if (events.length > 0) return events;
      const run = await this.runs.find(runId);
      if (!run) throw new AppError('RUN_NOT_FOUND', `The run "${runId}" was deleted.`);
      return run.status === 'running' || run.lastSeq > after ? events : undefined;
    });
  }
}

async function waitFor(notified: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const timer = new AbortController();
  const stop = () => timer.abort();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([notified, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  } finally {
    signal?.removeEventListener('abort', stop);
    timer.abort();
  }
}
