import { AppError } from '@faas/errors';
import { markFailed, withSpan, type Logger } from '@faas/logging';
import { assertOutsideTransaction } from '@faas/request-context';
import { Agent } from 'undici';
import type * as z from 'zod';
import { CallDeadline } from './call-deadline';
import { CircuitBreaker, type CallOutcome } from './circuit-breaker';
import { readEventStream, type EventStreamOptions, type ServerSentEvent } from './event-stream';
import type { HttpClientOptions, HttpRequest } from './http-request';
import { HttpResponse } from './http-response';
import { networkFailure, type NetworkFailure, type Neighbour } from './network-failure';
import { remoteError } from './remote-error';
import { encodeBody, flattenHeaders, parseBaseUrl, requestHeaders, requestPath, type BaseUrl } from './request-encoding';
import { isIdempotent, retryAfterMs, retryDelay } from './retry-policy';

type Attempt = { readonly response: HttpResponse } | { readonly failure: NetworkFailure };

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_STREAM_TIMEOUT_MS = 600_000;
const DEFAULT_IDLE_MS = 30_000;
const EVENT_IDLE_MS = 45_000;
const MAX_CONNECTIONS = 256;

/**
 * Calls one neighbour over HTTP: with a deadline, retries by class of error, a circuit breaker and trace headers.
 *
 * All methods throw AppError: SERVICE_UNAVAILABLE (out of reach, or breaker open), DEADLINE_EXCEEDED, REQUEST_ABORTED,
 * UPSTREAM_FAILED, and EXTERNAL_CALL_IN_TRANSACTION inside a database transaction. Redirects are not followed.
 *
 * @example
 * const rag = new HttpClient({ name: 'rag-service', baseUrl: 'http://localhost:8082', logger, internal: true });
 * const job = await rag.json({ method: 'GET', path: '/api/v1/rag/jobs/job_1' }, z.object({ status: z.string() }));
 */
export class HttpClient {
  readonly name: string;
  private readonly base: BaseUrl;
  private readonly neighbour: Neighbour;
  private readonly logger: Logger;
  private readonly agent: Agent;
  private readonly breaker: CircuitBreaker;

  /** @throws AppError CONFIG_INVALID for a base URL that is not http(s) or holds credentials. */
  constructor(private readonly options: HttpClientOptions) {
    this.name = options.name;
    this.base = parseBaseUrl(options.baseUrl, options.name);
    this.neighbour = { name: options.name, origin: this.base.origin };
    this.logger = options.logger.child({ neighbour: options.name });
    const connectTimeoutMs = options.connectTimeoutMs ?? 3_000;
    this.agent = new Agent({ connections: MAX_CONNECTIONS, allowH2: false, connectTimeout: connectTimeoutMs, connect: { timeout: connectTimeoutMs } });
    this.breaker = new CircuitBreaker(options.name, options.breaker, (openMs) => this.logger.warn('circuit.opened', { origin: this.base.origin, openMs }));
  }

  /**
   * Sends a request and reads its JSON answer.
   *
   * @throws AppError the neighbour's own code for an error body of our services, UPSTREAM_FAILED for other statuses than
   * 2xx and for an answer that does not fit `schema`.
   */
  async json<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
    const response = await this.send(request);
    if (!response.ok) throw await remoteError(response, this.name);
    const parsed = schema.safeParse(await response.json());
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.slice(0, 10).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    throw new AppError('UPSTREAM_FAILED', `${this.name} answered ${request.method} ${request.path} with something unexpected: ${issues.join('; ')}`, {
      details: { service: this.name, issues },
      retryable: false,
    });
  }

  /** Sends a request and resolves with any status once the head of the answer is there. The body must be read or discarded. */
  send(request: HttpRequest): Promise<HttpResponse> {
    return this.call(request, request.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS, request.idleTimeoutMs ?? this.options.idleTimeoutMs ?? DEFAULT_IDLE_MS);
  }

  /**
   * Sends a request and yields the server-sent events of its answer. Leaving the loop ends the call.
   *
   * @throws AppError as json(), and UPSTREAM_FAILED for a stream that breaks off, falls silent or ends before `until`.
   */
  async *events(request: HttpRequest, options: Omit<EventStreamOptions, 'name'> = {}): AsyncGenerator<ServerSentEvent> {
    const response = await this.call(
      { ...request, headers: { accept: 'text/event-stream', ...request.headers } },
      request.timeoutMs ?? this.options.streamTimeoutMs ?? DEFAULT_STREAM_TIMEOUT_MS,
      request.idleTimeoutMs ?? this.options.idleTimeoutMs ?? EVENT_IDLE_MS,
    );
    if (!response.ok) throw await remoteError(response, this.name);
    if (response.mediaType !== 'text/event-stream') {
      response.discard();
      throw new AppError('UPSTREAM_FAILED', `${this.name} answered with "${response.mediaType}" instead of an event stream.`, { details: { service: this.name }, retryable: false });
    }
    yield* readEventStream(response.body, { ...options, name: this.name });
  }

  /** Ends idle connections and waits for calls under way. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async call(request: HttpRequest, timeoutMs: number, idleTimeoutMs: number): Promise<HttpResponse> {
    assertOutsideTransaction(`${this.name}: ${request.method} ${request.path}`);
    const deadline = new CallDeadline({ name: this.name, timeoutMs, signal: request.signal });
    try {
      return await this.repeat(request, deadline, idleTimeoutMs);
    } catch (error) {
      deadline.end();
      throw error;
    }
  }

  private async repeat(request: HttpRequest, deadline: CallDeadline, idleTimeoutMs: number): Promise<HttpResponse> {
    const retries = this.options.retries ?? 2;
    const idempotent = isIdempotent(request);
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.attempt(request, deadline, idleTimeoutMs);
      const result =
        'response' in outcome
          ? ({ kind: 'answered', status: outcome.response.status, retryAfterMs: retryAfterMs(outcome.response.headers) } as const)
          : ({ kind: 'failed', sent: outcome.failure.sent, transient: outcome.failure.transient } as const);
      const delayMs = retryDelay(result, { attempt, retries, idempotent, remainingMs: deadline.remainingMs() });
      if (delayMs === undefined) {
        if ('response' in outcome) return outcome.response;
        throw outcome.failure.error;
      }
      const cause = 'response' in outcome ? { status: outcome.response.status } : { error: outcome.failure.error };
      this.logger.warn('http-call.retried', { method: request.method, attempt: attempt + 1, delayMs, ...cause });
      if ('response' in outcome) outcome.response.abandon();
      await deadline.wait(delayMs);
    }
  }

  /** One attempt under its own span; throws only what must not be repeated. */
  private attempt(request: HttpRequest, deadline: CallDeadline, idleTimeoutMs: number): Promise<Attempt> {
    const attributes = { 'http.request.method': request.method, 'server.address': new URL(this.base.origin).hostname, 'peer.service': this.name };
    return withSpan(
      `${request.method} ${this.name}`,
      attributes,
      async (span) => {
        const outcome = await this.exchange(request, deadline, idleTimeoutMs);
        if ('failure' in outcome) markFailed(span, outcome.failure.error);
        else span.setAttribute('http.response.status_code', outcome.response.status);
        return outcome;
      },
      { kind: 'client' },
    );
  }

  private async exchange(request: HttpRequest, deadline: CallDeadline, idleTimeoutMs: number): Promise<Attempt> {
    deadline.throwIfOver();
    const leave = this.breaker.enter();
    let outcome: CallOutcome = 'ignored';
    const startedAt = performance.now();
    try {
      const own = this.options.headers ? await deadline.race(Promise.resolve(this.options.headers())) : {};
      const { body, contentType } = encodeBody(request);
      const answer = await this.agent.request({
        origin: this.base.origin,
        path: requestPath(this.base, request),
        method: request.method,
        headers: requestHeaders(request, own, { contentType, timeLeftMs: this.options.internal ? deadline.remainingMs() : undefined }),
        body,
        signal: deadline.signal,
        headersTimeout: this.options.headersTimeoutMs ?? 0,
        bodyTimeout: 0,
      });
      outcome = answer.statusCode >= 500 ? 'failed' : 'succeeded';
      const durationMs = Math.round(performance.now() - startedAt);
      this.logger.debug('http-call.answered', { method: request.method, status: answer.statusCode, durationMs });
      return {
        response: new HttpResponse({
          status: answer.statusCode,
          headers: flattenHeaders(answer.headers),
          stream: answer.body,
          deadline,
          neighbour: this.neighbour,
          idleTimeoutMs,
          maxBytes: this.options.maxResponseBytes ?? 32 * 1024 * 1024,
        }),
      };
    } catch (error) {
      if (deadline.reason) {
        outcome = AppError.hasCode(deadline.reason, 'DEADLINE_EXCEEDED') && !deadline.shortened ? 'failed' : 'ignored';
        throw deadline.reason;
      }
      if (AppError.is(error)) throw error;
      outcome = 'failed';
      return { failure: networkFailure(error, this.neighbour) };
    } finally {
      leave(outcome);
    }
  }
}
