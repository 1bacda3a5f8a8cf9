import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { AppError } from '@faas/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { ErrorResponder } from '../errors/error-responder';
import { EVENT_STREAM_TYPE, StreamedAnswer } from '../streaming/streamed-answer';
import { beginOnce } from './begin-once';
import type { IdempotencyStore, StoredAnswer } from './idempotency-store.port';
import { IDEMPOTENT } from './idempotent.decorator';
import { recorded } from './recorded-stream';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Gives the stored answer to a repeated POST; sits outside the stream writer, so that streams are stored as their text. */
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly responder: ErrorResponder,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined || !Reflect.getMetadata(IDEMPOTENT, context.getHandler())) return next.handle();
    return from(this.once(String(key), request, http.getResponse<FastifyReply>(), () => firstValueFrom(next.handle(), { defaultValue: undefined })));
  }

  private async once(key: string, request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const begun = await beginOnce(this.store, { key, route: `${request.method} ${request.url}`, body: request.body });
    return begun.state === 'answered' ? replay(begun.answer, reply) : this.record(begun.token, request, reply, work);
  }

  private async record(token: string, request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    let answer: unknown;
    try {
      answer = await work();
    } catch (error) {
      // Unless the work has begun, the request may be tried again with its key.
      if (AppError.is(error) && error.keepsIdempotencyKey) await this.store.complete(token, { status: error.status, contentType: JSON_TYPE, body: JSON.stringify(this.responder.bodyOf(error, request)) });
      else await this.store.abandon(token);
      throw error;
    }
    const status = reply.statusCode;
    if (answer instanceof StreamedAnswer) {
      const { outcome } = answer;
      const complete = (body: string) => this.store.complete(token, { status, contentType: EVENT_STREAM_TYPE, body });
      const abandon = () => this.store.abandon(token);
      return new StreamedAnswer(recorded(answer.getStream(), { complete: (body) => (outcome.failed ? abandon() : complete(body)), abandon }), outcome);
    }
    await this.store.complete(token, { status, contentType: JSON_TYPE, body: JSON.stringify(answer ?? null) });
    return answer;
  }
}

function replay(answer: StoredAnswer, reply: FastifyReply): unknown {
  reply.status(answer.status).header('idempotency-replayed', 'true');
  if (answer.contentType === EVENT_STREAM_TYPE) return new StreamedAnswer(once(answer.body), { failed: false });
  return JSON.parse(answer.body) as unknown;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
