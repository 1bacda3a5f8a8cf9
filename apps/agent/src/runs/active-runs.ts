import { Database, HEARTBEAT_MS, WorkQueue } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { runInContext, type RequestContext } from '@faas/request-context';
import type { RunClaim } from './run-claim';
import { RunStore } from './run.store';

/** A cancellation from another process is seen within a quarter of a second, the query included. */
const CANCEL_POLL_MS = 150;
/** When the process ends: so long runs may still finish, and so long it may take to write down that they did not. */
const GRACE_MS = 3_000;
const LONGEST_STOP_MS = 3_000;

interface ActiveRun {
  readonly claim: RunClaim;
  readonly context: RequestContext;
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/**
 * The runs of this process: keeps their leases, watches for cancellation, stops them when the process ends. Timers run
 * only while a run does.
 */
export class ActiveRuns {
  private readonly runs = new Map<string, ActiveRun>();
  private heartbeat: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly queue: WorkQueue,
    private readonly store: RunStore,
    private readonly logger: Logger,
  ) {}

  /** Looks after a run until `done` settles. */
  add(run: ActiveRun): void {
    const { runId } = run.claim;
    this.runs.set(runId, run);
    this.heartbeat ??= setInterval(() => void this.renewLeases(), HEARTBEAT_MS);
    this.scheduleWatch();
    const remove = () => this.remove(runId);
    run.done.then(remove, remove);
  }

  /** Stops a run of this process at once; a run elsewhere is not touched. */
  cancel(runId: string): void {
    this.runs.get(runId)?.controller.abort(new AppError('RUN_CANCELLED', 'The run was cancelled.'));
  }

  /** Waits a little for the runs, then ends those that are left as interrupted, and waits until that is written down. */
  async stop(): Promise<void> {
    await this.settled(GRACE_MS);
    const interrupted = new AppError('RUN_INTERRUPTED', 'The service was stopped while the run was under way. Send the message again.');
    for (const { controller } of this.runs.values()) controller.abort(interrupted);
    await this.settled(LONGEST_STOP_MS);
  }

  private async settled(longestMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<unknown>((resolve) => {
      timer = setTimeout(resolve, longestMs);
    });
    await Promise.race([Promise.allSettled([...this.runs.values()].map(({ done }) => done)), tooLong]);
    clearTimeout(timer);
  }

  private remove(runId: string): void {
    this.runs.delete(runId);
    if (this.runs.size > 0) return;
    clearInterval(this.heartbeat);
    clearTimeout(this.watch);
    this.heartbeat = this.watch = undefined;
  }

  private async renewLeases(): Promise<void> {
    await Promise.all([...this.runs.values()].map((run) => runInContext(run.context, () => this.renewLease(run))));
  }

  private async renewLease({ claim, controller }: ActiveRun): Promise<void> {
    try {
      if (await this.queue.heartbeat(claim.work)) return;
      controller.abort(new AppError('RUN_INTERRUPTED', 'Another process took the run over.'));
    } catch (error) {
      // The next one may succeed within the lease; when none does, every write is refused by the fence.
      this.logger.warn('run.heartbeat-failed', { runId: claim.runId, error });
    }
  }

  private scheduleWatch(): void {
    this.watch ??= setTimeout(() => {
      void this.findCancelled().finally(() => {
        this.watch = undefined;
        if (this.runs.size > 0) this.scheduleWatch();
      });
    }, CANCEL_POLL_MS);
  }

  /** One query for all runs of a tenant. */
  private async findCancelled(): Promise<void> {
    const byTenant = Map.groupBy(this.runs.values(), ({ context }) => context.principal?.tenant);
    for (const runs of byTenant.values()) {
      const [first] = runs;
      if (!first) continue;
      try {
        const { principal } = first.context;
        const ids = runs.map(({ claim }) => claim.runId);
        const cancelled = await runInContext({ requestId: first.context.requestId, principal }, () => this.database.inTenant(() => this.store.cancelRequested(ids)));
        for (const runId of cancelled) this.cancel(runId);
      } catch (error) {
        this.logger.warn('run.cancel-watch-failed', { error });
      }
    }
  }
}
