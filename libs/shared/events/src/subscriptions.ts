import { AppError } from '@faas/errors';
import type { SubscribeOptions } from './event-bus.port';
import { requireGroup, requirePattern } from './subjects';

export type CheckedSubscription = Required<SubscribeOptions> & { readonly subject: string };

/** Fills in the defaults and holds the port's limits. @throws AppError INTERNAL */
export function checkSubscription(service: string, subject: string, options: SubscribeOptions = {}): CheckedSubscription {
  const { group = service, maxInFlight = 8, ackWaitMs = 30_000, maxDeliveries = 5 } = options;
  requirePattern(subject);
  requireGroup(group);
  within('maxInFlight', maxInFlight, 1, 256);
  within('ackWaitMs', ackWaitMs, 1_000, 600_000);
  within('maxDeliveries', maxDeliveries, 1, 100);
  return { subject, group, maxInFlight, ackWaitMs, maxDeliveries };
}

/** One process, one subscription per group and subject: two would share the events where each expects all. */
export class SubscriptionRegister {
  private readonly taken = new Set<string>();

  /** @throws AppError INTERNAL */
  take({ group, subject }: CheckedSubscription): () => void {
    const name = `${group} ${subject}`;
    if (this.taken.has(name)) throw new AppError('INTERNAL', `This process already subscribes to ${subject} as group ${group}. Give the second subscription a group of its own.`);
    this.taken.add(name);
    return () => this.taken.delete(name);
  }
}

function within(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new AppError('INTERNAL', `subscribe: ${name} must be an integer from ${least} to ${most}, not ${value}.`);
  }
}
