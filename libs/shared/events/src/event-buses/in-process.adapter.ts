import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { assertOutsideTransaction } from '@faas/request-context';
import { LRUCache } from 'lru-cache';
import { decodeEvent, encodeEvent } from '../domain-event';
import { EventBus, type DomainEvent, type EventHandler, type SubscribeOptions, type Subscription } from '../event-bus.port';
import { matchesSubject } from '../subjects';
import { SubscriptionRegister, checkSubscription } from '../subscriptions';
import { endsWithin } from '../within-time';
import { InProcessQueue } from './in-process-queue';

export interface InProcessEventBusOptions {
  /** The service's name: the default group. */
  readonly service: string;
  readonly logger: Logger;
  /** Events one subscription may hold, those that wait for another delivery included. Default 10,000. */
  readonly maxQueued?: number;
  /** Milliseconds before the second delivery. Default 200. */
  readonly retryMs?: number;
}

const DEDUPLICATION_MS = 120_000;
const REMEMBERED_IDS = 100_000;
const CLOSE_MS = 10_000;

/** For one process. What it holds is gone when the process ends: what must not be lost stands in the outbox until it was handled. */
export class InProcessEventBus extends EventBus {
  private readonly queues = new Set<InProcessQueue>();
  private readonly published = new LRUCache<string, true>({ max: REMEMBERED_IDS, ttl: DEDUPLICATION_MS });
  private readonly register = new SubscriptionRegister();
  private closed = false;

  constructor(private readonly options: InProcessEventBusOptions) {
    super();
  }

  async publish(event: DomainEvent): Promise<void> {
    assertOutsideTransaction('events.publish');
    this.requireOpen();
    const text = encodeEvent(event);
    if (this.published.has(event.id)) return;
    const queues = [...this.queues].filter(({ subject }) => matchesSubject(subject, event.subject));
    // All or none: a producer that tries again must not reach some twice.
    const full = queues.find((queue) => queue.full);
    if (full) throw new AppError('EVENTS_UNAVAILABLE', `The group ${full.group} is too far behind on ${full.subject}: its queue is full.`);
    this.published.set(event.id, true);
    for (const queue of queues) {
      // Each group gets a copy, as if it had come over a wire.
      const copy = decodeEvent(text, event.subject);
      if ('event' in copy) queue.push(copy.event);
    }
  }

  async subscribe(subject: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
    const { service, logger, maxQueued = 10_000, retryMs = 200 } = this.options;
    const subscription = checkSubscription(service, subject, options);
    this.requireOpen();
    const release = this.register.take(subscription);
    const queue = new InProcessQueue({ subscription, handler, logger, retryMs }, maxQueued);
    this.queues.add(queue);
    return {
      stop: async () => {
        this.queues.delete(queue);
        await queue.idle();
        release();
      },
    };
  }

  async check(): Promise<void> {
    this.requireOpen();
  }

  async close(): Promise<void> {
    this.closed = true;
    const queues = [...this.queues];
    this.queues.clear();
    const finished = await endsWithin(CLOSE_MS, Promise.all(queues.map((queue) => queue.idle())));
    if (finished) return;
    const lost = queues.reduce((sum, queue) => sum + queue.abandon(), 0);
    this.options.logger.warn('event-bus.closed-early', { lost });
  }

  private requireOpen(): void {
    if (this.closed) throw new AppError('EVENTS_UNAVAILABLE', 'The event bus is closed.');
  }
}
