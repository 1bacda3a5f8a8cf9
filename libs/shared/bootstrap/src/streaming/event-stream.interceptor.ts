import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { AppError } from '@faas/errors';
import { requestSignal } from '@faas/request-context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, mergeMap, type Observable } from 'rxjs';
import type { ErrorResponder } from '../errors/error-responder';
import { EventStream } from './event-stream';
import { streamText } from './stream-text';
import { StreamedAnswer } from './streamed-answer';

/** Turns an EventStream that a handler returned into the response; everything else passes through. */
export class EventStreamInterceptor implements NestInterceptor {
  constructor(private readonly responder: ErrorResponder) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      mergeMap((answer: unknown) => from(answer instanceof EventStream ? this.open(answer, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()) : Promise.resolve(answer))),
    );
  }

  private async open(stream: EventStream, request: FastifyRequest, reply: FastifyReply): Promise<StreamedAnswer> {
    const outcome = { failed: false };
    const iterator = stream.frames[Symbol.asyncIterator]();
    const first = await iterator.next();
    reply.headers({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no', ...stream.options.headers });
    const text = streamText(stream, iterator, first, {
      signal: requestSignal(),
      renderError: (error) => {
        outcome.failed = !(AppError.is(error) && error.keepsIdempotencyKey);
        return this.responder.render(error, request);
      },
    });
    return new StreamedAnswer(text, outcome);
  }
}
