import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { requestSignal } from '@faas/request-context';
import { Observable, race } from 'rxjs';

/** Answers at the deadline even when the work below does not watch the request's signal. */
export class DeadlineInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const signal = requestSignal();
    return signal ? race(next.handle(), abortion(signal)) : next.handle();
  }
}

function abortion(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const onAbort = () => subscriber.error(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  });
}
