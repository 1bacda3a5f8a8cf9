import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { Redis, ReplyError } from 'ioredis';
import { parseRedisUrl, redisAddress } from './redis-url';

export interface RedisConnectionOptions {
  /** Value of REDIS_URL. */
  readonly url: string;
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
  readonly logger: Logger;
  /** Milliseconds for TCP, TLS and login. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds one command may take on the wire. Default 1,000. */
  readonly commandTimeoutMs?: number;
  /** Milliseconds after a loss during which calls wait for the reconnect; later they fail at once. Default 500. */
  readonly graceMs?: number;
}

/**
 * One connection to Redis that heals itself and never queues without bound: it reconnects for as long as it is open, at most every 2 s. Calls made in the
 * first moments of a loss (a restart, a Lambda that was frozen) wait briefly, calls during a longer outage fail at once.
 */
export class RedisConnection {
  private lostAt: number | undefined;
  private closed = false;

  private constructor(
    private readonly redis: Redis,
    private readonly address: string,
    private readonly graceMs: number,
    logger: Logger,
  ) {
    redis.on('ready', () => {
      if (this.lostAt !== undefined) logger.info('redis.reconnected', { address, afterMs: Math.round(performance.now() - this.lostAt) });
      this.lostAt = undefined;
    });
    redis.on('close', () => {
      if (this.closed || this.lostAt !== undefined) return;
      this.lostAt = performance.now();
      logger.warn('redis.connection-lost', { address });
    });
    // Every failed attempt reports here; the state change above is what is worth a line.
    redis.on('error', (error: Error) => logger.debug('redis.error', { address, reason: error.message }));
  }

  /** Connects and waits until the server takes commands. @throws AppError CONFIG_INVALID naming REDIS_URL */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const url = parseRedisUrl(options.url);
    const redis = new Redis(options.url, {
      lazyConnect: true,
      connectionName: options.name,
      connectTimeout: options.connectTimeoutMs ?? 3_000,
      commandTimeout: options.commandTimeoutMs ?? 1_000,
      keepAlive: 10_000,
      enableOfflineQueue: false,
      // A command whose answer was lost may have counted already: whoever sent it decides.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt - 1, 10), 2_000),
      // After a failover the old address is a replica: only a new connection finds the primary.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    await connect(redis, redisAddress(url));
    return new RedisConnection(redis, redisAddress(url), options.graceMs ?? 500, options.logger);
  }

  /**
   * Runs one command or script.
   *
   * @param repeatable it may run twice: then it is sent once more when the connection broke before the answer came.
   * @throws AppError CACHE_UNAVAILABLE
   */
  async run<T>(work: (redis: Redis) => Promise<T>, { repeatable }: { repeatable: boolean }): Promise<T> {
    try {
      await this.ready();
      return await work(this.redis);
    } catch (error) {
      if (!repeatable || this.closed || AppError.is(error) || error instanceof ReplyError || isTimeout(error)) throw this.translate(error);
    }
    try {
      await this.ready();
      return await work(this.redis);
    } catch (error) {
      throw this.translate(error);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // Calls still on the wire get their answer first, unless the server is gone.
    if (this.redis.status === 'ready') await this.redis.quit().catch(() => this.redis.disconnect());
    else this.redis.disconnect();
  }

  private async ready(): Promise<void> {
    if (this.closed) throw new AppError('CACHE_UNAVAILABLE', 'The connection to Redis is closed.');
    if (this.redis.status === 'ready') return;
    const leftMs = this.graceMs - (performance.now() - (this.lostAt ?? performance.now()));
    if (leftMs <= 0) throw this.translate(new Error('not connected'));
    await new Promise<void>((resolve, reject) => {
      const onReady = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.redis.off('ready', onReady);
        reject(this.translate(new Error('not connected')));
      }, leftMs);
      this.redis.once('ready', onReady);
    });
  }

  private translate(error: unknown): AppError {
    if (AppError.is(error)) return error;
    return new AppError('CACHE_UNAVAILABLE', `Redis at ${this.address} does not serve: ${reasonOf(error)}.`, { cause: error });
  }
}

async function connect(redis: Redis, address: string): Promise<void> {
  // connect() rejects with "Connection is closed."; why it was closed is only in the event before it.
  let reason: Error | undefined;
  const remember = (error: Error) => {
    reason ??= error;
  };
  redis.on('error', remember);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const cause = reason ?? error;
    throw new AppError('CONFIG_INVALID', `REDIS_URL: Redis at ${address} is not usable (${reasonOf(cause)}). Start it, correct REDIS_URL, or unset it.`, { cause });
  } finally {
    redis.off('error', remember);
  }
}

function isTimeout(error: unknown): boolean {
  return reasonOf(error) === 'Command timed out';
}

/** An AggregateError of several addresses has a code and no message. */
function reasonOf(error: unknown): string {
  const { message, code } = (typeof error === 'object' && error !== null ? error : {}) as { message?: unknown; code?: unknown };
  return String(message || code || error).replace(/\.$/, '');
}
