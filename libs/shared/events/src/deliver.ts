import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import type { DomainEvent, EventHandler } from './event-bus.port';
import type { CheckedSubscription } from './subscriptions';

/** What becomes of a delivery: it is over, comes again after a pause, or is given up. */
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'again'; readonly delayMs: number } | { readonly kind: 'abandoned' };

export interface Delivery {
  readonly event: DomainEvent;
  /** 1 for the first. */
  readonly attempt: number;
}

export interface DeliveryRules {
  readonly subscription: CheckedSubscription;
  readonly handler: EventHandler;
  readonly logger: Logger;
  /** Pause after the first failure; each further one waits four times as long, 30 s at most. */
  readonly retryMs: number;
}

const MAX_RETRY_MS = 30_000;

/** Runs the handler once, as the event's tenant and with a deadline. Never throws: a handler's error ends here, in the log. */
export async function deliver({ event, attempt }: Delivery, { subscription, handler, logger, retryMs }: DeliveryRules): Promise<Outcome> {
  const facts = { eventId: event.id, subject: event.subject, group: subscription.group, attempt };
  if (attempt > subscription.maxDeliveries) {
    // The process died during the last delivery it was allowed.
    logger.error('event.abandoned', facts);
    return { kind: 'abandoned' };
  }
  const startedAt = performance.now();
  try {
    await runHandler(event, handler, subscription.ackWaitMs);
    logger.debug('event.handled', { ...facts, durationMs: Math.round(performance.now() - startedAt) });
    return { kind: 'done' };
  } catch (error) {
    const final = attempt === subscription.maxDeliveries || (AppError.is(error) && !error.retryable);
    if (final) {
      logger.error('event.abandoned', { ...facts, error });
      return { kind: 'abandoned' };
    }
    const delayMs = Math.min(retryMs * 4 ** Math.min(attempt - 1, 10), MAX_RETRY_MS);
    logger.warn('event.failed', { ...facts, delayMs, error });
    return { kind: 'again', delayMs };
  }
}

async function runHandler(event: DomainEvent, handler: EventHandler, timeoutMs: number): Promise<void> {
  const late = new AppError('DEADLINE_EXCEEDED', `The handler of ${event.subject} did not finish within ${timeoutMs} ms.`);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort(late);
      reject(late);
    }, timeoutMs);
  });
  const context = {
    requestId: event.id,
    principal: { tenant: event.tenant, subject: 'event', scopes: [] },
    deadline: Date.now() + timeoutMs,
    signal: controller.signal,
  };
  try {
    await Promise.race([runInContext(context, async () => handler(event)), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
