import { AppError } from '@faas/errors';
import { assertOutsideTransaction } from '@faas/request-context';
import type { Subscription } from '../event-bus.port';
import { requireTopic } from '../subjects';
import { WakeUps } from '../wake-ups.port';
import { TopicListeners } from './topic-listeners';

/** Reaches the workers of this process only. */
export class InProcessWakeUps extends WakeUps {
  private readonly listeners = new TopicListeners();
  private closed = false;

  async wake(topic: string): Promise<void> {
    assertOutsideTransaction('wake-ups.wake');
    requireTopic(topic);
    this.listeners.call(topic);
  }

  async listen(topic: string, onWake: () => void): Promise<Subscription> {
    requireTopic(topic);
    if (this.closed) throw new AppError('EVENTS_UNAVAILABLE', 'The wake-ups are closed.');
    const remove = this.listeners.add(topic, onWake);
    return { stop: async () => remove() };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.listeners.clear();
  }
}
