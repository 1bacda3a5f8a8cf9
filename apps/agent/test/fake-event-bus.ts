import { EventBus, type DomainEvent, type Subscription } from '@faas/events';

/** Keeps what was published. */
export class FakeEventBus extends EventBus {
  readonly events: DomainEvent[] = [];

  async publish(event: DomainEvent): Promise<void> {
    this.events.push(event);
  }

  async subscribe(): Promise<Subscription> {
    return { stop: async () => undefined };
  }

  async check(): Promise<void> {
    return undefined;
  }

  async close(): Promise<void> {
    return undefined;
  }
}
