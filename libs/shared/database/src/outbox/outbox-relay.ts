import type { EventBus } from '@faas/events';
import type { Logger } from '@faas/logging';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Outbox } from './outbox';

const POLL_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

export interface OutboxRelayOptions {
  readonly outbox: Outbox;
  readonly bus: EventBus;
  /** How often to look for events that no `wake` announced: those of other processes that died. Default 2 s. */
  readonly pollMs?: number;
  readonly logger: Logger;
}

/** Keeps relaying the outbox in a long-lived process; on Lambda call `outbox.relay(bus)` in the worker instead. */
export class OutboxRelay {
  private stopped = true;
  private again = false;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  /** `wake` is called from requests: nothing of theirs may reach the bus. */
  private readonly outsideRequests = AsyncLocalStorage.snapshot();

  constructor(private readonly options: OutboxRelayOptions) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** Events were committed: relay them now instead of at the next poll. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    clearTimeout(this.timer);
    this.round ??= this.outsideRequests(() => this.relayAll()).finally(() => {
      this.round = undefined;
      if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.pauseMs());
    });
  }

  /** Waits for the round that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private async relayAll(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        await this.options.outbox.relay(this.options.bus);
        this.failures = 0;
      } catch (error) {
        this.failures += 1;
        this.options.logger.warn('outbox.relay-failed', { error, failures: this.failures });
        return;
      }
    }
  }

  private pauseMs(): number {
    if (this.again && this.failures === 0) return 0;
    return Math.min(LONGEST_PAUSE_MS, (this.options.pollMs ?? POLL_MS) * 2 ** Math.min(this.failures, 10));
  }
}
