import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { withSpan } from '@faas/logging';
import type { FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';

/** One server span per request, named by its route; a stream's span ends with its head. */
export class SpanInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeOptions.url ?? 'unknown';
    const attributes = { 'http.request.method': method, 'http.route': route };
    return from(withSpan(`${method} ${route}`, attributes, () => firstValueFrom(next.handle(), { defaultValue: undefined }), { kind: 'server' }));
  }
}
