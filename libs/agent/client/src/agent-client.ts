import {
  agent,
  agentPage,
  chatAnswer,
  messagePage,
  run,
  runEventPage,
  thread,
  threadPage,
  type Agent,
  type ChatAnswer,
  type Message,
  type Run,
  type RunEvent,
  type Thread,
} from '@faas/agent-contract';
import type { Page } from '@faas/api';
import { AppError } from '@faas/errors';
import { remoteError, type HttpClient, type HttpRequest } from '@faas/http-client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentChanges, AgentDefinition, CallOptions, ChatMessage, ListOptions, NewAgent } from './agent-client.types';
import { endedRun, readRunFrames, type ReceivedFrame } from './run-frames';

const ROOT = '/api/v1/agents';

/** Milliseconds; no agent may run longer. */
const RUN_TIMEOUT_MS = 860_000;
/** How often in a row, without a new frame, a chat that broke off is taken up again from the run's log. */
const MAX_RECONNECTS = 5;
const FIRST_RECONNECT_MS = 100;

/**
 * Calls the agent service. Every method throws AppError with the service's own code, or what HttpClient throws when it is
 * out of reach.
 *
 * @example
 * const agents = new AgentClient(new HttpClient({ name: 'agent-service', baseUrl: 'http://localhost:8080', logger }));
 * for await (const { event, data } of agents.streamChat('guide', { message: 'Who are you?' })) {
 *   if (event === 'delta') process.stdout.write(data.text);
 * }
 */
export class AgentClient {
  constructor(private readonly http: HttpClient) {}

  createAgent(input: NewAgent, options: CallOptions = {}): Promise<Agent> {
    return this.http.json({ method: 'POST', path: ROOT, body: input, ...options }, agent);
  }

  /** Creates the agent of this name, or replaces it whole. */
  putAgent(name: string, definition: AgentDefinition, options: CallOptions = {}): Promise<Agent> {
    return this.http.json({ method: 'PUT', path: pathOf(name), body: definition, ...options }, agent);
  }

  patchAgent(reference: string, changes: AgentChanges, options: CallOptions = {}): Promise<Agent> {
    return this.http.json({ method: 'PATCH', path: pathOf(reference), body: changes, ...options }, agent);
  }

  getAgent(reference: string, options: CallOptions = {}): Promise<Agent> {
    return this.http.json({ method: 'GET', path: pathOf(reference), ...options }, agent);
  }

  listAgents({ limit, after, ...options }: ListOptions = {}): Promise<Page<Agent>> {
    return this.http.json({ method: 'GET', path: ROOT, query: { limit, after }, ...options }, agentPage);
  }

  deleteAgent(reference: string, options: CallOptions = {}): Promise<void> {
    return this.discard({ method: 'DELETE', path: pathOf(reference), ...options });
  }

  /** Says something and waits for the whole answer. */
  chat(reference: string, message: ChatMessage, options: CallOptions = {}): Promise<ChatAnswer> {
    return this.http.json({ method: 'POST', path: pathOf(reference, 'chat'), body: message, timeoutMs: RUN_TIMEOUT_MS, idleTimeoutMs: RUN_TIMEOUT_MS, ...options }, chatAnswer);
  }

  /**
   * Says something and yields the frames of the run as they come. A connection that breaks off is taken up again from the
   * run's log, without a gap and without repetition.
   *
   * @throws AppError what ended the run, when its last frame is `error`.
   */
  async *streamChat(reference: string, message: ChatMessage, options: CallOptions = {}): AsyncGenerator<ReceivedFrame> {
    const request: HttpRequest = { method: 'POST', path: pathOf(reference, 'chat'), body: { ...message, stream: true }, timeoutMs: RUN_TIMEOUT_MS, ...options };
    let runId: string | undefined;
    let seen = 0;
    let reconnects = 0;
    let frames = readRunFrames(this.http, request);
    for (;;) {
      try {
        for await (const frame of frames) {
          if (frame.event === 'run.started') runId = frame.data.runId;
          if (frame.id !== undefined) seen = frame.id;
          reconnects = 0;
          yield frame;
        }
        return;
      } catch (error) {
        if (runId === undefined || reconnects >= MAX_RECONNECTS || !brokeOff(error)) throw error;
        await sleep(FIRST_RECONNECT_MS * 2 ** reconnects++, undefined, { signal: options.signal });
        frames = this.followRun(reference, runId, { after: seen, signal: options.signal });
      }
    }
  }

  getRun(reference: string, runId: string, options: CallOptions = {}): Promise<Run> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'runs', runId), ...options }, run);
  }

  /** What is in the run's log now. @param options.after id of the last event that is known. */
  listRunEvents(reference: string, runId: string, { limit, after, ...options }: ListOptions = {}): Promise<Page<RunEvent>> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'runs', runId, 'events'), query: { limit, after }, ...options }, runEventPage);
  }

  /** Replays the run's log after event `after` and follows it to its end. @throws AppError as streamChat. */
  followRun(reference: string, runId: string, { after, ...options }: CallOptions & { after?: number } = {}): AsyncGenerator<ReceivedFrame> {
    return readRunFrames(this.http, { method: 'GET', path: pathOf(reference, 'runs', runId, 'events'), query: { after }, timeoutMs: RUN_TIMEOUT_MS, ...options });
  }

  /** Asks the run to stop. One that has ended stays as it is. */
  cancelRun(reference: string, runId: string, options: CallOptions = {}): Promise<Run> {
    return this.http.json({ method: 'POST', path: pathOf(reference, 'runs', runId, 'cancel'), idempotent: true, ...options }, run);
  }

  listThreads(reference: string, { limit, after, ...options }: ListOptions = {}): Promise<Page<Thread>> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'threads'), query: { limit, after }, ...options }, threadPage);
  }

  getThread(reference: string, threadId: string, options: CallOptions = {}): Promise<Thread> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'threads', threadId), ...options }, thread);
  }

  listMessages(reference: string, threadId: string, { limit, after, ...options }: ListOptions = {}): Promise<Page<Message>> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'threads', threadId, 'messages'), query: { limit, after }, ...options }, messagePage);
  }

  deleteThread(reference: string, threadId: string, options: CallOptions = {}): Promise<void> {
    return this.discard({ method: 'DELETE', path: pathOf(reference, 'threads', threadId), ...options });
  }

  private async discard(request: HttpRequest): Promise<void> {
    const response = await this.http.send(request);
    if (!response.ok) throw await remoteError(response, this.http.name);
    await response.discard();
  }
}

function pathOf(...segments: string[]): string {
  return [ROOT, ...segments.map(encodeURIComponent)].join('/');
}

/** The connection's fault, not the run's: the log goes on. */
function brokeOff(error: unknown): boolean {
  return !endedRun(error) && (AppError.hasCode(error, 'UPSTREAM_FAILED') || AppError.hasCode(error, 'SERVICE_UNAVAILABLE')) && error.retryable;
}
