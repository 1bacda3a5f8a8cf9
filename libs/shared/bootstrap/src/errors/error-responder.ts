import type { ErrorBody } from '@faas/api';
import type { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contextOf } from '../requests/request-context.hooks';
import type { ServiceDefinition } from '../service-definition';
import { toAppError } from './to-app-error';

/** Renders and logs errors: as a response before the first byte, as a body for the last frame of a stream after it. */
export class ErrorResponder {
  constructor(
    private readonly logger: Logger,
    private readonly renderError: ServiceDefinition['renderError'],
  ) {}

  respond(cause: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = toAppError(cause);
    const body = this.render(error, request);
    if (reply.sent) return;
    if (error.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
    if (error.status === 401) reply.header('www-authenticate', 'Bearer');
    void reply.status(error.status).type('application/json; charset=utf-8').send(body);
  }

  /** Logs the error at the level of who must act and gives the body its caller's API expects. */
  render(cause: unknown, request: FastifyRequest): unknown {
    const error = toAppError(cause);
    const fields = { code: error.code, status: error.status, method: request.method, path: pathOf(request), error };
    if (error.code === 'INTERNAL') this.logger.error('request.failed', fields);
    else if (error.status >= 500) this.logger.warn('request.failed', fields);
    return this.bodyOf(error, request);
  }

  /** The body alone, in the shape of the API that the path belongs to. */
  bodyOf(error: AppError, request: FastifyRequest): unknown {
    const requestId = contextOf(request)?.requestId ?? String(request.id);
    const body: ErrorBody = { error: { code: error.code, message: error.message, requestId, ...(error.details ? { details: error.details } : {}) } };
    return this.renderError?.(pathOf(request), body, error) ?? body;
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
