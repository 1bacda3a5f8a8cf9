import { assertOutsideTransaction } from '@faas/request-context';
import type { Logger } from '@faas/logging';
import type { Subscription } from '../event-bus.port';
import { NatsLink, type NatsSettings } from '../nats/nats-link';
import { requireTopic } from '../subjects';
import { WakeUps } from '../wake-ups.port';
import { endsWithin } from '../within-time';
import { TopicListeners } from './topic-listeners';

const FLUSH_MS = 1_000;

/** Core NATS, without JetStream: a hint that nobody hears is worth nothing later. Reaches the workers of every process, this one included. */
export class NatsWakeUps extends WakeUps {
  private readonly listeners = new TopicListeners();

  private constructor(
    private readonly link: NatsLink,
    private readonly logger: Logger,
  ) {
    super();
  }

  /** @throws AppError CONFIG_INVALID naming NATS_URL */
  static async open(settings: NatsSettings): Promise<NatsWakeUps> {
    return new NatsWakeUps(await NatsLink.open(settings), settings.logger);
  }

  async wake(topic: string): Promise<void> {
    assertOutsideTransaction('wake-ups.wake');
    requireTopic(topic);
    try {
      await this.send(topic);
    } catch (error) {
      this.logger.warn('wake-up.dropped', { topic, error });
    }
  }

  async listen(topic: string, onWake: () => void): Promise<Subscription> {
    requireTopic(topic);
    this.link.requireOpen();
    const remove = this.listeners.add(topic, onWake);
    const subscription = this.link.connection.subscribe(subjectOf(topic), {
      callback: (error) => {
        if (error) this.logger.warn('wake-up.subscription-failed', { topic, error });
        else this.listeners.call(topic);
      },
    });
    // Until the server knows of it, a hint from another process would pass by.
    await endsWithin(FLUSH_MS, this.link.connection.flush());
    return {
      stop: async () => {
        remove();
        subscription.unsubscribe();
      },
    };
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.link.close();
  }

  /** Waits until the server has it: on Lambda nothing is sent after the answer. */
  private async send(topic: string): Promise<void> {
    this.link.requireOpen();
    const { connection } = this.link;
    connection.publish(subjectOf(topic));
    if (!(await endsWithin(FLUSH_MS, connection.flush()))) throw this.link.failure(new Error(`no answer within ${FLUSH_MS} ms`));
  }
}

/** Outside `faas.>`, which the stream keeps. */
function subjectOf(topic: string): string {
  return `faas-wake-up.${topic}`;
}
