import type { Logger } from '@faas/logging';
import type { EventBus } from './event-bus.port';
import { InProcessEventBus } from './event-buses/in-process.adapter';
import { InProcessWakeUps } from './wake-ups/in-process.adapter';
import type { WakeUps } from './wake-ups.port';

export interface EventSettings {
  /** Name of the service: the default group of its subscriptions. */
  readonly service: string;
  readonly logger: Logger;
  /** ENABLE_NATS. */
  readonly enableNats: boolean;
  /** NATS_URL. */
  readonly natsUrl: string;
}

/**
 * The bus that the configuration names: NATS JetStream with ENABLE_NATS, else in process. The NATS client is loaded only then.
 *
 * @throws AppError CONFIG_INVALID naming NATS_URL when the server is not usable
 */
export async function createEventBus({ service, logger, enableNats, natsUrl }: EventSettings): Promise<EventBus> {
  if (!enableNats) return new InProcessEventBus({ service, logger });
  const { NatsEventBus } = await import('./event-buses/nats.adapter');
  return NatsEventBus.open({ service, logger, url: natsUrl });
}

/** As createEventBus, on a connection of its own. @throws AppError CONFIG_INVALID naming NATS_URL */
export async function createWakeUps({ service, logger, enableNats, natsUrl }: EventSettings): Promise<WakeUps> {
  if (!enableNats) return new InProcessWakeUps();
  const { NatsWakeUps } = await import('./wake-ups/nats.adapter');
  return NatsWakeUps.open({ service: `${service}-wake-ups`, logger, url: natsUrl });
}
