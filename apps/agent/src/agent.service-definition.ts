import { createAuthenticator, loadServiceSecret } from '@faas/auth';
import type { ServiceDefinition } from '@faas/bootstrap';
import { openDatabase, Outbox, OutboxRelay, PostgresIdempotencyStore, WorkQueue, WorkRunner } from '@faas/database';
import { createEventBus } from '@faas/events';
import { agentConfig } from './agent.config';
import { wireAgent } from './agent.module';
import { entities, migrations } from './database/data-source';
import { connectNeighbours } from './neighbours';
import { RUN_WORK } from './runs/run-claim';

/** How often an instance looks for runs whose process died. */
const POLL_MS = 1_000;
const CONCURRENCY = 4;

export const agentService: ServiceDefinition<typeof agentConfig> = {
  name: 'agent-service',
  prefix: '/api/v1/agents',
  description: 'Agents: instructions, a model and tools behind a chat that can be continued, watched and stopped.',
  config: agentConfig,
  async createParts({ config, logger, openEmbedded, longLived, onClose }) {
    const serviceSecret = await loadServiceSecret(config);
    const authenticator = createAuthenticator({ service: 'agent', config, logger, serviceSecret });
    const database = await openDatabase({ service: 'agent', entities, migrations, config, openEmbedded, migrate: longLived, logger });
    onClose(() => database.close());
    const neighbours = connectNeighbours({ config, serviceSecret, logger });
    onClose(() => neighbours.close());

    const bus = await createEventBus({ service: 'agent', logger, enableNats: config.ENABLE_NATS, natsUrl: config.NATS_URL });
    onClose(() => bus.close());

    const queue = new WorkQueue(database, 'agent');
    const outbox = new Outbox(database, 'agent');
    const relay = new OutboxRelay({ outbox, bus, logger });
    onClose(() => relay.stop());
    const { module, interruptedRuns } = wireAgent({ config, logger, database, queue, outbox, relay, neighbours });
    const runner = new WorkRunner({ queue, handlers: { [RUN_WORK]: interruptedRuns }, concurrency: CONCURRENCY, pollMs: POLL_MS, logger });
    onClose(() => runner.stop());
    // On Lambda nothing runs after the response: its worker function does these rounds.
    if (longLived) {
      relay.start();
      runner.start();
    }

    return {
      module,
      authenticate: (headers) => authenticator.authenticate(headers),
      idempotency: new PostgresIdempotencyStore(database, 'agent'),
      healthChecks: { database: () => database.ping() },
      optionalChecks: { ...(config.ENABLE_NATS ? { events: () => bus.check() } : {}) },
      admit: () => database.admit(),
    };
  },
};
