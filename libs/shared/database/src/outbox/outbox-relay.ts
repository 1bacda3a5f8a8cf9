import type { EventBus } from '@faas/events';
import type { Logger } from '@faas/logging';
import type { Outbox } from './outbox';

export interface OutboxRelayOptions {
  readonly outbox: Outbox;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** How often to look for events that another process appended and did not live to send. */
  readonly pollMs?: number;
}

/** Sends what waits in the outbox while the process lives: soon after `wake`, and by polling. */
export class OutboxRelay {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private again = false;
  private stopped = true;

  constructor(private readonly options: OutboxRelayOptions) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** Call it after the transaction that appended. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    clearTimeout(this.timer);
    this.round ??= this.relay().finally(() => {
      this.round = undefined;
      if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.options.pollMs ?? 2_000);
    });
  }

  /** Waits for what is on its way; what is left stays in the outbox. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private async relay(): Promise<void> {
    const { outbox, bus, logger } = this.options;
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        await outbox.relay(bus);
      } catch (error) {
        // Nothing is lost: the events stay until a later round sends them.
        logger.warn('outbox.relay-failed', { error });
      }
    }
  }
}
