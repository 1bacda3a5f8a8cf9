import type { Outbox } from '@faas/database';
import type { EventBus } from '@faas/events';
import type { Logger } from '@faas/logging';

/** Sends what the outbox holds, again and again while the process runs. */
export class OutboxRelay {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = true;

  constructor(
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly pollMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.round = this.relay().finally(() => {
        if (!this.stopped) this.schedule();
      });
    }, this.pollMs);
  }

  private async relay(): Promise<void> {
    try {
      await this.outbox.relay(this.bus);
    } catch (error) {
      // What was not sent stays in the outbox for the next round.
      this.logger.warn('outbox.relay-failed', { error });
    }
  }
}
