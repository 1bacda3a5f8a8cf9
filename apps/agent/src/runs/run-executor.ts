import type { Agent } from '@faas/agent-contract';
import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { resolveCitations } from '@faas/rag-contract';
import { requireContext, requirePrincipal, runInContext, type RequestContext } from '@faas/request-context';
import { runAgentLoop } from '../loop/agent-loop';
import { openConversation, type Utterance } from '../loop/conversation';
import { LanguageModel } from '../loop/language-model.port';
import type { LoopStep } from '../loop/loop-step';
import { Toolbox } from '../loop/tool.port';
import { ActiveRuns } from './active-runs';
import type { RunEnd } from './run-change';
import type { RunClaim } from './run-claim';
import { RunCloser, type FinalFrame } from './run-closer';
import { RunEventsHub } from './run-events.hub';
import { RunJournal } from './run-journal';
import { RunStore, type RunPosition } from './run.store';

/** So that the run's own time-out, which says what to do, comes before the general one of outgoing calls. */
const DEADLINE_GRACE_MS = 1_000;

export interface RunTask {
  readonly claim: RunClaim;
  readonly position: RunPosition;
  readonly agent: Pick<Agent, 'instructions' | 'model' | 'tools' | 'limits'>;
  /** The thread so far, the question last. */
  readonly thread: readonly Utterance[];
}

export interface ExecutorOptions {
  /** Characters of the thread that a run begins with. */
  readonly historyCharacters: number;
}

/**
 * Carries a run to its end, whatever happens to the request that started it: answered, cancelled, or failed with the
 * reason. Writes everything down on the way.
 */
export class RunExecutor {
  constructor(
    private readonly languageModel: LanguageModel,
    private readonly toolbox: Toolbox,
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly active: ActiveRuns,
    private readonly closer: RunCloser,
    private readonly hub: RunEventsHub,
    private readonly logger: Logger,
    private readonly options: ExecutorOptions,
  ) {}

  /**
   * @returns the last frame of the run's log.
   * @throws AppError RUN_INTERRUPTED when another process ended the run, or a database error; the lease then runs out and
   * the run is ended as interrupted.
   */
  execute(task: RunTask): Promise<FinalFrame> {
    const { timeoutMs } = task.agent.limits;
    const controller = new AbortController();
    const { requestId, traceparent } = requireContext();
    // The caller's signal and deadline stay behind: a run outlives its request.
    const context: RequestContext = { requestId, traceparent, principal: requirePrincipal(), signal: controller.signal, deadline: Date.now() + timeoutMs + DEADLINE_GRACE_MS };
    const timer = setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
    const done = runInContext(context, () => this.run(task, controller)).finally(() => clearTimeout(timer));
    this.active.add({ claim: task.claim, context, controller, done });
    return done;
  }

  private async run(task: RunTask, controller: AbortController): Promise<FinalFrame> {
    const { claim } = task;
    const startedAt = performance.now();
    const journal = new RunJournal(this.database, this.runs, this.hub, claim, task.position, (error) => controller.abort(error));
    const end = await this.answer(task, journal, controller.signal).catch((error: unknown) => this.endAfter(error, journal, claim, controller.signal));
    try {
      const frame = await this.closer.close(claim, await journal.close(), end);
      this.logger.info('run.finished', { runId: claim.runId, status: end.status, code: end.error?.code, durationMs: Math.round(performance.now() - startedAt) });
      return frame;
    } catch (error) {
      if (AppError.hasCode(error, 'RUN_INTERRUPTED') || AppError.hasCode(error, 'LEASE_LOST')) this.logger.warn('run.lost', { runId: claim.runId });
      else this.logger.error('run.close-failed', { runId: claim.runId, status: end.status, error });
      throw error;
    }
  }

  private async answer({ agent, thread }: RunTask, journal: RunJournal, signal: AbortSignal): Promise<RunEnd> {
    const tools = this.toolbox.open(agent.tools);
    const messages = openConversation(agent.instructions, tools.length > 0, thread, this.options.historyCharacters);
    const loop = runAgentLoop(this.languageModel, { model: agent.model, messages, tools, limits: agent.limits, signal });
    for await (const step of untilAborted(loop, signal)) {
      await journal.record(step);
      if (step.type !== 'answered') continue;
      const { answer, citations } = resolveCitations(step.text, step.passages);
      return { status: 'succeeded', message: answer, citations, error: null };
    }
    throw new AppError('INTERNAL', 'The loop ended without an answer.');
  }

  private endAfter(error: unknown, journal: RunJournal, { runId, threadId }: RunClaim, signal: AbortSignal): RunEnd {
    const cause: unknown = signal.aborted ? signal.reason : error;
    // Without passages no marker of the unfinished text can be verified: all are removed.
    if (AppError.hasCode(cause, 'RUN_CANCELLED')) return { status: 'cancelled', message: resolveCitations(journal.turnText, []).answer, citations: [], error: null };
    if (!AppError.is(cause)) this.logger.error('run.failed-unexpectedly', { runId, error: cause });
    const { code, message, details } = AppError.is(cause) ? cause : new AppError('INTERNAL', 'An unexpected failure ended the run.');
    return { status: 'failed', message: null, citations: [], error: { code, message, details: { ...details, runId, threadId } } };
  }
}

/** Stops at once when the signal aborts, even while a model or tool that ignores it is still at work. */
async function* untilAborted(steps: AsyncGenerator<LoopStep>, signal: AbortSignal): AsyncGenerator<LoopStep> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await Promise.race([steps.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: it would wait for the call that ignores the signal.
    steps.return(undefined).catch(() => undefined);
  }
}

function timedOut(timeoutMs: number): AppError {
  return new AppError('RUN_LIMIT_REACHED', `The run did not finish within its ${timeoutMs} ms.`, { details: { limit: 'timeoutMs' } });
}
