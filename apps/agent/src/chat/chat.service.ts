import type { ChatAnswer, ChatInput } from '@faas/agent-contract';
import { errorBody, newId, type ErrorBody, type StreamFrame } from '@faas/api';
import { Database, WorkQueue } from '@faas/database';
import { AppError, errorCatalogue, type ErrorCode } from '@faas/errors';
import { remainingMs, requireContext, requirePrincipal } from '@faas/request-context';
import { AgentStore } from '../agents/agent.store';
import { noChange } from '../runs/run-change';
import { RUN_WORK, type RunClaim } from '../runs/run-claim';
import type { FinalFrame } from '../runs/run-closer';
import { RunExecutor, type RunTask } from '../runs/run-executor';
import { RunFeed } from '../runs/run-feed';
import { RunStore } from '../runs/run.store';
import { MessageStore } from '../threads/message.store';
import { ThreadStore } from '../threads/thread.store';

/** More than any budget of characters lets through in practice; bounds the query. */
const MOST_MESSAGES = 200;
const DEADLINE_MARGIN_MS = 250;
const LONGEST_WAIT_MS = 900_000;

/**
 * Says something to an agent. The question is kept and the run begins before anything is answered; the run goes on when
 * the caller leaves, and its log stays readable.
 */
export class ChatService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentStore,
    private readonly threads: ThreadStore,
    private readonly messages: MessageStore,
    private readonly runs: RunStore,
    private readonly queue: WorkQueue,
    private readonly executor: RunExecutor,
    private readonly feed: RunFeed,
  ) {}

  /** @throws AppError what ended the run; its details name run and thread. */
  async answer(agent: string, input: ChatInput): Promise<ChatAnswer> {
    const task = await this.begin(agent, input);
    try {
      const frame = await inTime(this.executor.execute(task), task.claim);
      if (frame.event === 'run.finished') return frame.data;
      throw toAppError(frame.data);
    } catch (error) {
      throw begun(error, task.claim);
    }
  }

  /** The frames of the run, from its log. What is wrong with the request itself is thrown before the first. */
  async *stream(agent: string, input: ChatInput): AsyncGenerator<StreamFrame> {
    const context = requireContext();
    const task = await this.begin(agent, input);
    // The log holds the outcome; a run that cannot be ended is ended by its lease.
    this.executor.execute(task).catch(() => undefined);
    try {
      for await (const frame of this.feed.follow(task.claim.runId, 0, context)) {
        // Thrown, so that the stream counts as failed; the writer makes the same frame of it again.
        if (frame.event === 'error') throw toAppError(errorBody.parse(frame.data));
        yield frame;
      }
    } catch (error) {
      throw begun(error, task.claim);
    }
  }

  /** @throws AppError AGENT_NOT_FOUND, THREAD_NOT_FOUND, THREAD_BUSY: nothing is kept then. */
  private begin(reference: string, { message, threadId: given }: ChatInput): Promise<RunTask> {
    const { subject, keyId = null } = requirePrincipal();
    const { requestId } = requireContext();
    const runId = newId('run');
    const threadId = given ?? newId('thr');
    return this.database.inTenant(async () => {
      const agent = await this.agents.hold(reference);
      if (given) await this.threads.hold(agent.id, threadId, runId);
      else await this.threads.create({ id: threadId, agentId: agent.id, runId, firstMessage: message });
      const work = await this.queue.enqueueClaimed({ kind: RUN_WORK, ref: runId });
      const claim: RunClaim = { runId, threadId, agentId: agent.id, work };
      await this.runs.insert({ id: runId, agentId: agent.id, threadId, subject, keyId, requestId }, work.fence);
      const position = await this.runs.append(claim, { ...noChange, events: [{ event: 'run.started', data: { runId, threadId, model: agent.model } }] });
      await this.messages.append({ id: newId('msg'), threadId, runId, role: 'user', content: message, citations: [] });
      return { claim, position, agent, thread: await this.messages.newest(threadId, MOST_MESSAGES) };
    });
  }
}

/** A caller whose time is up is told which run goes on without it, just before the general deadline says less. */
async function inTime(done: Promise<FinalFrame>, { runId, threadId }: RunClaim): Promise<FinalFrame> {
  const leftMs = remainingMs(LONGEST_WAIT_MS) - DEADLINE_MARGIN_MS;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `The run goes on without this request. Read its answer at runs/${runId}, or ask with "stream": true.`;
    reject(new AppError('DEADLINE_EXCEEDED', message, { details: { runId, threadId }, retryable: false }));
  }, Math.max(0, leftMs));
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The question is kept and the run may go on: a repeated Idempotency-Key gets this error and begins no second run. */
function begun(error: unknown, { runId, threadId }: RunClaim): AppError {
  const known = AppError.is(error) ? error : new AppError('INTERNAL', 'An unexpected failure ended the answer.', { cause: error });
  const { code, message, details, retryable, retryAfterMs, cause } = known;
  return new AppError(code, message, { details: { ...details, runId, threadId }, retryable, retryAfterMs, cause, keepsIdempotencyKey: true });
}

function toAppError({ error: { code, message, details } }: ErrorBody): AppError {
  return new AppError(isErrorCode(code) ? code : 'INTERNAL', message, { details });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
