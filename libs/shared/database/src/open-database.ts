import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { join } from 'node:path';
import type { DatabaseSource, EntityClass, MigrationClass } from './data-source';
import { Database } from './database';
import type { ServiceSchema } from './service-schema';

export interface OpenDatabaseOptions {
  readonly service: ServiceSchema;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  readonly config: {
    readonly DATABASE_URL?: string;
    readonly DATABASE_MIGRATION_URL?: string;
    readonly DATABASE_POOL_SIZE: number;
    readonly DATA_DIR: string;
  };
  /** Opens the embedded database; absent on Lambda. */
  readonly openEmbedded?: (options: { directory: string; logger?: Logger }) => Promise<{ driver: unknown; close(): Promise<void> }>;
  /** A long-lived server migrates its own schema; Lambda never does at boot. */
  readonly migrate: boolean;
  readonly logger: Logger;
}

/**
 * The database that the configuration asks for: DATABASE_URL, else the embedded one below DATA_DIR.
 *
 * @throws AppError CONFIG_INVALID, DATABASE_UNAVAILABLE; nothing stays open then.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { service, entities, migrations, logger } = options;
  const database = await Database.open({ service, entities, migrations, logger, source: await sourceOf(options) });
  try {
    if (options.migrate) await database.migrate();
    if ((await database.schemaState()) !== 'behind') await database.assertIsolation();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function sourceOf({ config, service, openEmbedded, logger }: OpenDatabaseOptions): Promise<DatabaseSource> {
  if (config.DATABASE_URL) return { kind: 'url', url: config.DATABASE_URL, migrationUrl: config.DATABASE_MIGRATION_URL, poolSize: config.DATABASE_POOL_SIZE };
  if (!openEmbedded) throw new AppError('CONFIG_INVALID', 'DATABASE_URL is not set. Without it only the HTTP server starts, on its embedded database.');
  try {
    return { kind: 'embedded', ...(await openEmbedded({ directory: join(config.DATA_DIR, service, 'pg'), logger })) };
  } catch (error) {
    throw new AppError('CONFIG_INVALID', (error as Error).message, { cause: error });
  }
}
