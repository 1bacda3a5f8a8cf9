import type { Logger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import type { FastifyInstance } from 'fastify';
import { contextOf } from './request-context.hooks';

const PROBES = /\/(health|ready)$/;

/** One line per request, after its response; probes at debug level. */
export function registerRequestLog(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const fields = { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode, durationMs: Math.round(reply.elapsedTime * 10) / 10 };
    const write = () => (PROBES.test(fields.route) ? logger.debug('request.finished', fields) : logger.info('request.finished', fields));
    const context = contextOf(request);
    if (context) runInContext(context, write);
    else write();
    done();
  });
}
