import { AckPolicy, DeliverPolicy, DiscardPolicy, JetStreamApiCodes, JetStreamApiError, RetentionPolicy, StorageType, type Consumer, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { MAX_EVENT_BYTES } from '../domain-event';
import type { CheckedSubscription } from '../subscriptions';

export const STREAM = 'FAAS_EVENTS';
/** What the server waits beyond the handler's time: this process decides first whether a delivery failed. */
const ACK_MARGIN_MS = 5_000;
const DAY_MS = 86_400_000;

/** Makes the stream when it is missing. One that exists is left alone: its limits and replicas are the operator's. */
export async function ensureStream(manager: JetStreamManager): Promise<void> {
  try {
    await manager.streams.info(STREAM);
    return;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
  }
  // Two processes that get here at once ask for the same stream: the second request finds it as it wants it.
  await manager.streams.add({
    name: STREAM,
    subjects: ['faas.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(7 * DAY_MS),
    max_bytes: 256 * 1024 * 1024,
    max_msg_size: MAX_EVENT_BYTES + 4_096,
    duplicate_window: nanos(120_000),
  });
}

/** The group's durable consumer: its position outlives every process. A new group begins with the events after its first subscription. */
export async function ensureConsumer(manager: JetStreamManager, client: JetStreamClient, subscription: CheckedSubscription): Promise<Consumer> {
  const { subject, ackWaitMs, maxDeliveries } = subscription;
  const name = consumerName(subscription);
  await manager.consumers.add(STREAM, {
    durable_name: name,
    filter_subject: subject,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.New,
    ack_wait: nanos(ackWaitMs + ACK_MARGIN_MS),
    // One more than the handler gets, so that an event whose last delivery died with its process is seen once more and logged as given up.
    max_deliver: maxDeliveries + 1,
    max_ack_pending: 2_000,
  });
  return client.consumers.get(STREAM, name);
}

/** Parts of subjects and groups hold no underscore, so no two subscriptions share a name. */
export function consumerName({ group, subject }: Pick<CheckedSubscription, 'group' | 'subject'>): string {
  return `${group}_${subject.replaceAll('.', '_').replaceAll('*', 'ANY').replaceAll('>', 'REST')}`;
}
