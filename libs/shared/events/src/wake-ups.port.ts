import type { Subscription } from './event-bus.port';

/**
 * Tells workers, in this process and others, that there may be work of a kind: they look now instead of at the next poll.
 *
 * Promise: none but speed. A wake-up may be lost, repeated or come too early; the work table is the truth and polling finds what a lost
 * hint did not announce. Therefore `wake` does not fail when the transport is out of reach: the drop is logged as `wake-up.dropped`.
 *
 * Errors: AppError `EXTERNAL_CALL_IN_TRANSACTION` while a transaction is open (the worker would look before the work is visible);
 * `INTERNAL` for a topic that is not `^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$`; `listen` also `EVENTS_UNAVAILABLE`.
 */
export abstract class WakeUps {
  /** @param topic for example `rag.ingestion`. Resolves when the hint is handed over, within 1 s. */
  abstract wake(topic: string): Promise<void>;

  /** @param onWake must not throw; it only marks that there may be work. Hints that come together may arrive as one. */
  abstract listen(topic: string, onWake: () => void): Promise<Subscription>;

  /** May be called twice. */
  abstract close(): Promise<void>;
}
