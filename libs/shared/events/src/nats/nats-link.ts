import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { endsWithin } from '../within-time';
import { parseNatsUrl } from './nats-address';

export interface NatsSettings {
  readonly service: string;
  readonly logger: Logger;
  /** Value of NATS_URL. */
  readonly url: string;
}

const CONNECT_MS = 3_000;
const DRAIN_MS = 5_000;

/** A connection that reconnects for as long as it is open. While it is down nothing is queued in it: calls fail at once. */
export class NatsLink {
  private connected = true;
  private closing = false;

  private constructor(
    readonly connection: NatsConnection,
    private readonly address: string,
    private readonly logger: Logger,
  ) {
    void this.watch();
  }

  /** @throws AppError CONFIG_INVALID naming NATS_URL */
  static async open({ service, logger, url }: NatsSettings): Promise<NatsLink> {
    const { tls, ...address } = parseNatsUrl(url);
    const shown = address.servers.join(', ');
    try {
      const connection = await connect({
        ...address,
        ...(tls ? { tls: {} } : {}),
        name: service,
        timeout: CONNECT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 500,
        pingInterval: 20_000,
        maxPingOut: 2,
      });
      return new NatsLink(connection, shown, logger);
    } catch (cause) {
      throw new AppError('CONFIG_INVALID', `NATS_URL: NATS at ${shown} is not usable (${reasonOf(cause)}). Start it, correct NATS_URL, or unset ENABLE_NATS.`, { cause });
    }
  }

  get open(): boolean {
    return this.connected && !this.closing && !this.connection.isClosed();
  }

  /** @throws AppError EVENTS_UNAVAILABLE */
  requireOpen(): void {
    if (this.closing) throw new AppError('EVENTS_UNAVAILABLE', 'The connection to NATS is closed.');
    if (!this.open) throw this.failure(new Error('not connected'));
  }

  failure(cause: unknown): AppError {
    if (AppError.is(cause)) return cause;
    return new AppError('EVENTS_UNAVAILABLE', `NATS at ${this.address} does not serve: ${reasonOf(cause)}.`, { cause });
  }

  /** Sends what is buffered, acknowledgements included, then ends. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (this.connection.isClosed()) return;
    const drained = this.connected && (await endsWithin(DRAIN_MS, this.connection.drain()));
    if (!drained) await this.connection.close();
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' && !this.closing && this.connected) this.logger.warn('nats.connection-lost', { address: this.address });
      if (type === 'disconnect') this.connected = false;
      if (type !== 'reconnect') continue;
      this.connected = true;
      this.logger.info('nats.reconnected', { address: this.address });
    }
  }
}

function reasonOf(cause: unknown): string {
  const { message, code } = (typeof cause === 'object' && cause !== null ? cause : {}) as { message?: unknown; code?: unknown };
  return String(message || code || cause).replace(/\.$/, '');
}
