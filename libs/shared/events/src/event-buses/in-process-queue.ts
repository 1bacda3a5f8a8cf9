import { AsyncLocalStorage } from 'node:async_hooks';
import { deliver, type Delivery, type DeliveryRules } from '../deliver';
import type { DomainEvent } from '../event-bus.port';

/** The events of one subscription: waiting, running, and those that pause before another delivery. */
export class InProcessQueue {
  private readonly waiting: Delivery[] = [];
  private readonly pauses = new Set<NodeJS.Timeout>();
  private readonly idleListeners: (() => void)[] = [];
  private running = 0;
  private abandoned = false;
  /** Handlers run in the subscriber's context, not in that of whoever happens to publish. */
  private readonly inOwnContext = AsyncLocalStorage.snapshot();

  constructor(
    private readonly rules: DeliveryRules,
    private readonly maxQueued: number,
  ) {}

  get subject(): string {
    return this.rules.subscription.subject;
  }

  get group(): string {
    return this.rules.subscription.group;
  }

  get full(): boolean {
    return this.held >= this.maxQueued;
  }

  push(event: DomainEvent): void {
    this.waiting.push({ event, attempt: 1 });
    // The publisher goes on first: delivery is never part of its call.
    setImmediate(() => this.inOwnContext(() => this.pump()));
  }

  /** Resolves when everything accepted so far is handled or given up. */
  async idle(): Promise<void> {
    if (this.held === 0) return;
    await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  /** Drops what is left and answers how much that was. */
  abandon(): number {
    const left = this.held;
    this.abandoned = true;
    for (const pause of this.pauses) clearTimeout(pause);
    this.pauses.clear();
    this.waiting.length = 0;
    return left;
  }

  private get held(): number {
    return this.waiting.length + this.running + this.pauses.size;
  }

  private pump(): void {
    while (this.running < this.rules.subscription.maxInFlight) {
      const next = this.waiting.shift();
      if (!next) break;
      this.running += 1;
      void this.run(next);
    }
  }

  private async run(delivery: Delivery): Promise<void> {
    const outcome = await deliver(delivery, this.rules);
    this.running -= 1;
    if (outcome.kind === 'again' && !this.abandoned) this.pause({ ...delivery, attempt: delivery.attempt + 1 }, outcome.delayMs);
    this.pump();
    if (this.held === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  private pause(delivery: Delivery, delayMs: number): void {
    const timer = setTimeout(() => {
      this.pauses.delete(timer);
      this.waiting.push(delivery);
      this.pump();
    }, delayMs);
    this.pauses.add(timer);
  }
}
