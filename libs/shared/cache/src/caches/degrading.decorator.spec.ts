import { ScriptedLogger } from '@faas/testing';
import { AppError } from '@faas/errors';
import { Cache } from '../cache.port';
import { DegradingCache } from './degrading.decorator';

class FakeFailingCache extends Cache {
  constructor(private readonly error: Error) {
    super();
  }

  get(): Promise<never> {
    return Promise.reject(this.error);
  }

  set(): Promise<never> {
    return Promise.reject(this.error);
  }

  delete(): Promise<never> {
    return Promise.reject(this.error);
  }

  check(): Promise<never> {
    return Promise.reject(this.error);
  }

  async close(): Promise<void> {
    return undefined;
  }
}

describe('DegradingCache', () => {
  const logger = new ScriptedLogger();
  const cache = new DegradingCache(new FakeFailingCache(new AppError('CACHE_UNAVAILABLE', 'Redis is away.')), logger);

  it('reads as a miss and drops writes during an outage, and says so once', async () => {
    await expect(cache.get('key')).resolves.toBeUndefined();
    await expect(cache.set('key', 1, { ttlMs: 1 })).resolves.toBeUndefined();
    expect(logger.lines).toEqual([{ level: 'warn', event: 'cache.degraded', fields: { skipped: 1, reason: 'Redis is away.' } }]);
  });

  it('still fails to delete, because the entry may be there after the outage, and to check', async () => {
    await expect(cache.delete('key')).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    await expect(cache.check()).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
  });

  it('lets every other error through', async () => {
    const wrong = new DegradingCache(new FakeFailingCache(new AppError('EXTERNAL_CALL_IN_TRANSACTION', 'no')), logger);
    await expect(wrong.get('key')).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
  });
});
