import { createAuthenticator, loadServiceSecret } from '@faas/auth';
import type { ServiceDefinition } from '@faas/bootstrap';
import { createCache } from '@faas/cache';
import { openDatabase, Outbox, OutboxRelay, PostgresBlobStore, PostgresIdempotencyStore, WorkQueue, WorkRunner } from '@faas/database';
import { createEventBus, createWakeUps } from '@faas/events';
import { entities, migrations } from './database/data-source';
import { connectGateway } from './gateway';
import { INGESTION } from './ingestion/ingestion-work';
import { ragConfig } from './rag.config';
import { wireRag } from './rag.module';

/** How often an instance looks for documents whose process died. */
const POLL_MS = 1_000;

export const ragService: ServiceDefinition<typeof ragConfig> = {
  name: 'rag-service',
  prefix: '/api/v1/rag',
  description: 'Retrieval: documents in collections, found by words and by meaning, and answers that quote them.',
  config: ragConfig,
  async createParts({ config, logger, openEmbedded, longLived, onClose }) {
    const serviceSecret = await loadServiceSecret(config);
    const authenticator = createAuthenticator({ service: 'rag', config, logger, serviceSecret });
    const database = await openDatabase({ service: 'rag', entities, migrations, config, openEmbedded, migrate: longLived, logger });
    onClose(() => database.close());
    const { gateway, close } = connectGateway({ baseUrl: config.GATEWAY_SERVICE_URL, serviceSecret, logger });
    onClose(close);
    const cache = await createCache({
      service: 'rag',
      logger,
      redisUrl: config.REDIS_URL,
      cacheServiceUrl: config.CACHE_SERVICE_URL,
      cacheServiceToken: config.CACHE_SERVICE_TOKEN,
      onOutage: 'miss',
    });
    onClose(() => cache.close());
    const events = { service: 'rag', logger, enableNats: config.ENABLE_NATS, natsUrl: config.NATS_URL };
    const bus = await createEventBus(events);
    onClose(() => bus.close());
    const wakeUps = await createWakeUps(events);
    onClose(() => wakeUps.close());

    const queue = new WorkQueue(database, 'rag');
    const outbox = new Outbox(database, 'rag');
    const wake = () => void wakeUps.wake(INGESTION).catch((error: unknown) => logger.warn('wake-up.dropped', { error }));
    const { module, ingestion } = wireRag({ config, logger, database, blobs: new PostgresBlobStore(database, 'rag'), queue, outbox, gateway, cache, wake });
    if (longLived) {
      const runner = new WorkRunner({ queue, handlers: { [INGESTION]: ingestion }, concurrency: config.INGEST_CONCURRENCY, pollMs: POLL_MS, logger });
      await wakeUps.listen(INGESTION, () => runner.wake());
      runner.start();
      const relay = new OutboxRelay({ outbox, bus, logger, pollMs: POLL_MS });
      relay.start();
      onClose(() => relay.stop());
      onClose(() => runner.stop());
    }

    return {
      module,
      authenticate: (headers) => authenticator.authenticate(headers),
      idempotency: new PostgresIdempotencyStore(database, 'rag'),
      healthChecks: { database: () => database.ping() },
      optionalChecks: {
        ...(config.REDIS_URL || config.CACHE_SERVICE_URL ? { cache: () => cache.check() } : {}),
        ...(config.ENABLE_NATS ? { events: () => bus.check() } : {}),
      },
      admit: () => database.admit(),
    };
  },
};
