import { createHash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';

/** Sent by its hash; the text follows only when the server does not know it (first use, restart, failover). */
export class LuaScript {
  private readonly sha: string;

  constructor(private readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  async run(redis: Redis, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof ReplyError) || !(error as Error).message.startsWith('NOSCRIPT')) throw error;
    }
    return redis.eval(this.source, keys.length, ...keys, ...values);
  }
}
