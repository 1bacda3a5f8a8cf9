import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { assertOutsideTransaction, remainingMs } from '@faas/request-context';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { RequestError } from '@nats-io/transport-node';
import { encodeEvent } from '../domain-event';
import { EventBus, type DomainEvent, type EventHandler, type SubscribeOptions, type Subscription } from '../event-bus.port';
import { STREAM, ensureConsumer, ensureStream } from '../nats/event-stream';
import { NatsLink, type NatsSettings } from '../nats/nats-link';
import { SubscriptionRegister, checkSubscription } from '../subscriptions';
import { endsWithin } from '../within-time';
import { NatsPull } from './nats-pull';

export interface NatsEventBusSettings extends NatsSettings {
  /** Milliseconds before the second delivery. Default 200. */
  readonly retryMs?: number;
}

const PUBLISH_MS = 5_000;
const CLOSE_MS = 10_000;

/** JetStream: events are stored once acknowledged, repeated ids dropped by the server, positions kept per group. */
export class NatsEventBus extends EventBus {
  private readonly stops = new Set<() => Promise<void>>();
  private readonly register = new SubscriptionRegister();

  private constructor(
    private readonly link: NatsLink,
    private readonly manager: JetStreamManager,
    private readonly client: JetStreamClient,
    private readonly settings: { readonly service: string; readonly logger: Logger; readonly retryMs: number },
  ) {
    super();
  }

  /** @throws AppError CONFIG_INVALID naming NATS_URL when there is no server, or one without JetStream. */
  static async open({ service, logger, url, retryMs = 200 }: NatsEventBusSettings): Promise<NatsEventBus> {
    const link = await NatsLink.open({ service, logger, url });
    try {
      const manager = await jetstreamManager(link.connection, { timeout: PUBLISH_MS });
      await ensureStream(manager);
      return new NatsEventBus(link, manager, jetstream(link.connection, { timeout: PUBLISH_MS }), { service, logger, retryMs });
    } catch (cause) {
      await link.close();
      throw new AppError('CONFIG_INVALID', `NATS_URL: ${link.failure(cause).message} JetStream must be enabled (nats-server --jetstream).`, { cause });
    }
  }

  async publish(event: DomainEvent): Promise<void> {
    assertOutsideTransaction('events.publish');
    this.link.requireOpen();
    const text = encodeEvent(event);
    const timeout = remainingMs(PUBLISH_MS);
    if (timeout === 0) throw new AppError('DEADLINE_EXCEEDED', 'No time is left for events.publish.');
    const send = () => this.client.publish(event.subject, text, { msgID: event.id, timeout: Math.min(timeout, PUBLISH_MS) });
    try {
      await send().catch(async (error: unknown) => {
        if (!isNobodyThere(error)) throw error;
        // No stream takes the subject: the server came back without its data.
        await ensureStream(this.manager);
        await send();
      });
    } catch (cause) {
      throw this.link.failure(cause);
    }
  }

  async subscribe(subject: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
    const { service, logger, retryMs } = this.settings;
    const subscription = checkSubscription(service, subject, options);
    this.link.requireOpen();
    const release = this.register.take(subscription);
    const recover = async () => {
      await ensureStream(this.manager);
      return ensureConsumer(this.manager, this.client, subscription);
    };
    const first = await recover().catch((cause: unknown) => {
      release();
      throw this.link.failure(cause);
    });
    const rules = { subscription, handler, logger, retryMs };
    const pulls = Array.from({ length: subscription.maxInFlight }, () => new NatsPull(first, recover, rules));
    const stop = async () => {
      await Promise.all(pulls.map((pull) => pull.stop()));
      this.stops.delete(stop);
      release();
    };
    this.stops.add(stop);
    return { stop };
  }

  async check(): Promise<void> {
    this.link.requireOpen();
    try {
      await this.manager.streams.info(STREAM);
    } catch (cause) {
      throw this.link.failure(cause);
    }
  }

  async close(): Promise<void> {
    // What still runs after the wait is not acknowledged: another process of the group gets it again.
    const stopped = await endsWithin(CLOSE_MS, Promise.all([...this.stops].map((stop) => stop())));
    if (!stopped) this.settings.logger.warn('event-bus.closed-early', { subscriptions: this.stops.size });
    await this.link.close();
  }
}

function isNobodyThere(error: unknown): boolean {
  const { cause } = (typeof error === 'object' && error !== null ? error : {}) as { cause?: unknown };
  return cause instanceof RequestError && cause.isNoResponders();
}
