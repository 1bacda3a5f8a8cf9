import { createLogger } from '@faas/logging';
import { openRedisCounters } from '../create-cache';

/** Run as a process by the Redis counters' test: adds 1 as often as told and prints how often it was admitted. */
async function race([redisUrl = '', service = '', key = '', limit = '', times = '']: string[]): Promise<void> {
  const counters = await openRedisCounters({ redisUrl, service, logger: createLogger({ service, level: 'error' }), timeoutMs: 20_000 });
  const add = () => counters.add({ key, amount: 1, limit: Number(limit), windowMs: 366 * 86_400_000, shared: true });
  const answers = await Promise.all(Array.from({ length: Number(times) }, add));
  await counters.close();
  process.stdout.write(String(answers.filter(({ admitted }) => admitted).length));
}

void race(process.argv.slice(2));
