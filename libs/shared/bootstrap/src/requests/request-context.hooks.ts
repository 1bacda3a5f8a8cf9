import { AppError } from '@faas/errors';
import { acceptTraceparent } from '@faas/logging';
import { runInContext, type RequestContext } from '@faas/request-context';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v4 as uuidv4 } from 'uuid';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** A stream lives as long as API Gateway lets it. */
const STREAM_TIMEOUT_MS = 900_000;

interface OpenRequest {
  readonly context: RequestContext & { deadline?: number };
  readonly controller: AbortController;
  timer?: NodeJS.Timeout;
}

const openRequests = new WeakMap<FastifyRequest, OpenRequest>();

export function contextOf(request: FastifyRequest): RequestContext | undefined {
  return openRequests.get(request)?.context;
}

/**
 * Opens a request context for each request and closes it with the response. The context is entered twice, because
 * reading the body leaves the async scope of the first hook.
 */
export function registerRequestContext(fastify: FastifyInstance, requestTimeoutMs: number): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const controller = new AbortController();
    const context = {
      requestId: callersRequestId(request) ?? uuidv4(),
      traceparent: acceptTraceparent(request.headers.traceparent as string | undefined),
      signal: controller.signal,
    };
    openRequests.set(request, { context, controller });
    reply.header('x-request-id', context.requestId);
    // On Lambda a response finishes but never closes.
    reply.raw.once('finish', () => clearTimeout(openRequests.get(request)?.timer));
    reply.raw.once('close', () => {
      // Whoever sends an Idempotency-Key comes back for the answer: the work goes on, until its deadline.
      if (reply.raw.writableFinished || 'idempotency-key' in request.headers) return;
      clearTimeout(openRequests.get(request)?.timer);
      controller.abort(new AppError('REQUEST_ABORTED', 'The caller closed the connection.'));
    });
    runInContext(context, done);
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    const open = openRequests.get(request);
    if (!open) return done();
    const timeoutMs = Math.min(callerTimeoutMs(request) ?? Infinity, wantsStream(request) ? STREAM_TIMEOUT_MS : requestTimeoutMs);
    open.context.deadline = Date.now() + timeoutMs;
    open.timer = setTimeout(() => open.controller.abort(new AppError('DEADLINE_EXCEEDED', `The request did not finish within ${timeoutMs} ms.`)), timeoutMs).unref();
    runInContext(open.context, done);
  });
}

/** Time left as told by a neighbouring service; the edge drops the header when a caller sends it. */
function callerTimeoutMs(request: FastifyRequest): number | undefined {
  const value = Number(request.headers['x-faas-timeout-ms']);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function wantsStream(request: FastifyRequest): boolean {
  return (request.body as { stream?: unknown } | undefined)?.stream === true || request.headers.accept?.includes('text/event-stream') === true;
}

function callersRequestId(request: FastifyRequest): string | undefined {
  const value = request.headers['x-request-id'];
  return typeof value === 'string' && REQUEST_ID.test(value) ? value : undefined;
}
