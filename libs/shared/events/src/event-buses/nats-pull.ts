import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { decodeEvent } from '../domain-event';
import { deliver, type DeliveryRules } from '../deliver';

const PULL_MS = 30_000;
const RECOVERY_MS = 1_000;

/**
 * Pulls one event, handles it, pulls the next: as many of these as the subscription may have in flight. Nothing waits in a buffer with its acknowledgement
 * time running out, and other processes of the group get what this one has no hand free for.
 */
export class NatsPull {
  private stopping = false;
  private messages: ConsumerMessages | undefined;
  private wakeFromPause: (() => void) | undefined;
  private readonly done: Promise<void>;

  /** @param recover makes stream and consumer anew after the server lost them, and answers the consumer. */
  constructor(
    private consumer: Consumer,
    private readonly recover: () => Promise<Consumer>,
    private readonly rules: DeliveryRules,
  ) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.messages?.stop();
    this.wakeFromPause?.();
    await this.done;
  }

  private async run(): Promise<void> {
    let broken = false;
    while (!this.stopping) {
      try {
        if (broken) this.consumer = await this.recover();
        broken = false;
        await this.pull();
      } catch (error) {
        if (this.stopping) return;
        broken = true;
        this.rules.logger.warn('event-subscription.interrupted', { subject: this.rules.subscription.subject, error });
        await this.pause();
      }
    }
  }

  private async pull(): Promise<void> {
    const messages = await this.consumer.fetch({ max_messages: 1, expires: PULL_MS });
    this.messages = messages;
    if (this.stopping) messages.stop();
    // After a reconnect the pull is repeated and may bring more than one.
    for await (const message of messages) await this.handle(message);
  }

  private async handle(message: JsMsg): Promise<void> {
    const { logger, subscription } = this.rules;
    const decoded = decodeEvent(message.string(), message.subject);
    if ('problem' in decoded) {
      logger.error('event.unreadable', { subject: message.subject, group: subscription.group, sequence: message.seq, problem: decoded.problem });
      message.term();
      return;
    }
    const outcome = await deliver({ event: decoded.event, attempt: message.info.deliveryCount }, this.rules);
    if (outcome.kind === 'done') message.ack();
    else if (outcome.kind === 'again') message.nak(outcome.delayMs);
    else message.term();
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RECOVERY_MS);
      this.wakeFromPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeFromPause = undefined;
  }
}
