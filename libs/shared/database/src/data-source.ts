import type { Logger } from '@faas/logging';
import * as pg from 'pg';
import { DataSource, type DataSourceOptions as TypeOrmOptions, type MigrationInterface } from 'typeorm';
import type { ServiceSchema } from './service-schema';
import { TypeOrmLogger } from './type-orm-logger';

export type EntityClass = abstract new (...parameters: never[]) => unknown;
export type MigrationClass = new () => MigrationInterface;

export type DatabaseSource =
  | { readonly kind: 'url'; readonly url: string; readonly migrationUrl?: string; readonly poolSize: number }
  /** `driver`: a module of pg's shape over a database in this process; `close` runs when the Database is closed. */
  | { readonly kind: 'embedded'; readonly driver: unknown; close(): Promise<void> };

export const CONNECTION_WAIT_MS = 5_000;

interface DataSourceOptions {
  readonly service: ServiceSchema;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  readonly source: DatabaseSource;
  readonly logger: Logger;
}

/** `url` takes the place of the source's: migrations may connect as the owner. */
export function createDataSource({ service, entities, migrations, source, logger }: DataSourceOptions, url = source.kind === 'url' ? source.url : undefined): DataSource {
  return new DataSource({
    type: 'postgres',
    // TypeORM finds pg by a variable require, which no bundler follows.
    driver: source.kind === 'url' ? pg : source.driver,
    ...(url ? { url } : {}),
    schema: service,
    entities: [...entities] as TypeOrmOptions['entities'],
    migrations: [...migrations],
    migrationsTableName: 'migration',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    logger: new TypeOrmLogger(logger),
    poolSize: source.kind === 'url' ? source.poolSize : 1,
    poolErrorHandler: (error: unknown) => logger.warn('database.connection-lost', { error }),
    extra: { connectionTimeoutMillis: CONNECTION_WAIT_MS, idleTimeoutMillis: 30_000, keepAlive: true, application_name: `faas-${service}` },
  });
}
