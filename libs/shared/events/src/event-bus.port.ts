/** Something that happened. Carries ids, never content: a reader fetches what it may see. */
export interface DomainEvent {
  /** Unique, chosen by the producer and kept through every retry: the bus drops repeats by it, handlers recognise repeats by it. */
  readonly id: string;
  /** `faas.<service>.<noun>.<verb in the past>`, for example `faas.rag.document.ingested`. */
  readonly subject: string;
  readonly tenant: string;
  /** RFC 3339, UTC. */
  readonly occurredAt: string;
  /** JSON, 64 KiB at most with the rest of the event. */
  readonly data: Record<string, unknown>;
}

/**
 * Handles one event; the request context holds the event's tenant (a principal without scopes) and a deadline.
 * It must be idempotent by `event.id`. Throwing asks for another delivery, unless the error is an AppError that is not retryable.
 */
export type EventHandler = (event: DomainEvent) => Promise<void>;

export interface SubscribeOptions {
  /**
   * Every group gets every event; the members of one group, in any process, share them. Default: the service's name. A second subscription
   * in the same process needs a group of its own when its subject is the same.
   */
  readonly group?: string;
  /** Events handled at once in this process, 1 to 256. Default 8. */
  readonly maxInFlight?: number;
  /** Milliseconds a handler may take before the event is delivered again, 1 s to 10 min. Default 30 s. */
  readonly ackWaitMs?: number;
  /** Deliveries of one event before it is given up and logged as `event.abandoned`, 1 to 100. Default 5. */
  readonly maxDeliveries?: number;
}

export interface Subscription {
  /** Takes no new events and resolves when the running handlers are done. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Tells other parts of the system that something happened.
 *
 * Promise: an event that `publish` accepted reaches every group that was subscribed to its subject, at least once, in no promised order. An id
 * that was published before is accepted and not delivered again (for 2 minutes at least): a producer may publish again after an error.
 * Who must not lose an event writes it to the outbox in the transaction of the change; the relay publishes it. A handler's error never reaches the producer, nor another handler.
 * The in-process bus forgets what it holds when the process ends; JetStream keeps it, also while no member of the group is running.
 *
 * Errors: AppError `EVENTS_UNAVAILABLE` (retryable) when the bus is out of reach, full or closed: the event counts as not published;
 * `EXTERNAL_CALL_IN_TRANSACTION` while a database transaction is open; `INTERNAL` for an event or subject that breaks the rules above.
 *
 * Deadline of `publish`: 5 s or what is left of the request, whichever is shorter.
 */
export abstract class EventBus {
  abstract publish(event: DomainEvent): Promise<void>;

  /** @param subject a subject, or a pattern: `*` stands for one part, `>` at the end for one or more. */
  abstract subscribe(subject: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription>;

  /** For health checks and the start. @throws AppError EVENTS_UNAVAILABLE */
  abstract check(): Promise<void>;

  /** Stops every subscription, waits for running handlers (10 s at most) and for accepted events, then ends the connection. May be called twice. */
  abstract close(): Promise<void>;
}
