import { Module, type DynamicModule } from '@nestjs/common';
import { createAuthenticator, KeySigner, loadServiceSecret, loadSigningSecret, StoreRevocationList } from '@faas/auth';
import type { ServiceParts, ServiceRuntime } from '@faas/bootstrap';
import { openDatabase, PostgresIdempotencyStore } from '@faas/database';
import { ModelCaller } from './calls/model-caller';
import { ChatController } from './chat/chat.controller';
import { ChatService } from './chat/chat.service';
import { entities, migrations } from './database/data-source';
import { EmbeddingsController } from './embeddings/embeddings.controller';
import { EmbeddingsService } from './embeddings/embeddings.service';
import type { GatewayConfig } from './gateway.config';
import { PostgresKeyStore } from './keys/key-stores/postgres.adapter';
import { KeysController } from './keys/keys.controller';
import { KeysService } from './keys/keys.service';
import { PublicKeysController } from './keys/public-keys.controller';
import { ModelsController } from './models/models.controller';
import { ModelsService } from './models/models.service';
import { createProviders } from './registry/create-providers';
import { ModelCatalogue } from './registry/model-catalogue';
import { ProviderRegistry } from './registry/provider-registry';
import { GenAiPrices } from './usage/price-lists/genai-prices.adapter';
import { PostgresUsageStore } from './usage/usage-stores/postgres.adapter';
import { UsageController } from './usage/usage.controller';
import { UsageRecorder } from './usage/usage-recorder';
import { UsageService } from './usage/usage.service';

@Module({})
class GatewayModule {}

/** Wiring: which adapter fills which port. Read from top to bottom it is the whole service. */
export async function createGatewayParts(runtime: ServiceRuntime<GatewayConfig>): Promise<ServiceParts> {
  const { config, logger, longLived, openEmbedded, onClose } = runtime;
  const providers = createProviders(config, { logger, discover: longLived });
  onClose(() => providers.close());
  const database = await openDatabase({ service: 'gateway', entities, migrations, config, openEmbedded, migrate: longLived, logger });
  onClose(() => database.close());

  const catalogue = new ModelCatalogue(logger);
  const registry = new ProviderRegistry({ ...providers, defaultModel: config.DEFAULT_MODEL, defaultEmbeddingModel: config.DEFAULT_EMBEDDING_MODEL }, catalogue);
  const usage = new PostgresUsageStore(database);
  const recorder = new UsageRecorder(usage, logger);
  onClose(() => recorder.close());
  const times = { firstOutputMs: config.MODEL_FIRST_OUTPUT_TIMEOUT_MS, idleMs: config.MODEL_IDLE_TIMEOUT_MS, totalMs: config.MODEL_TIMEOUT_MS };
  const caller = new ModelCaller({ times, retries: config.MODEL_RETRIES }, recorder, new GenAiPrices(logger), logger);

  const [signingSecret, serviceSecret] = await Promise.all([loadSigningSecret(config), loadServiceSecret(config)]);
  const keys = new PostgresKeyStore(database);
  const revocations = new StoreRevocationList({ read: () => keys.revokedIds(), logger });
  const idempotency = new PostgresIdempotencyStore(database, 'gateway');
  const authenticator = createAuthenticator({ service: 'gateway', config, logger, signingSecret, serviceSecret, revocations });

  const module: DynamicModule = {
    module: GatewayModule,
    controllers: [ChatController, EmbeddingsController, ModelsController, UsageController, KeysController, PublicKeysController],
    providers: [
      { provide: ChatService, useValue: new ChatService(registry, caller) },
      { provide: EmbeddingsService, useValue: new EmbeddingsService(registry, caller) },
      { provide: ModelsService, useValue: new ModelsService(registry, catalogue) },
      { provide: UsageService, useValue: new UsageService(usage) },
      { provide: KeysService, useValue: new KeysService(keys, new KeySigner(signingSecret), revocations, idempotency, logger) },
    ],
  };
  return {
    module,
    authenticate: (headers) => authenticator.authenticate(headers),
    idempotency,
    healthChecks: { database: () => database.ping() },
    admit: () => database.admit(),
  };
}
