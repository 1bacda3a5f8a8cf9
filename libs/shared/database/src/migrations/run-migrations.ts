import { AppError } from '@faas/errors';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { createDataSource, type MigrationClass } from '../data-source';
import type { DatabaseOptions } from '../database';
import { toDatabaseError } from '../database-error';

/** `behind`: migrations are missing here; `ahead`: the database has some this version does not know (a rollback). */
export type SchemaState = 'ready' | 'behind' | 'ahead';

/** Any constant that nothing else in these databases uses; the second half is the service. */
const LOCK_SPACE = 0x6661_6173;

/** All pending migrations in one transaction, under a lock that the transaction holds: safe behind a transaction pooler. */
export async function migrate(dataSource: DataSource, options: DatabaseOptions): Promise<void> {
  const { source, service, logger } = options;
  const owner = source.kind === 'url' && source.migrationUrl ? await createDataSource(options, source.migrationUrl).initialize() : dataSource;
  const runner = owner.createQueryRunner();
  try {
    await runner.connect();
    await runner.startTransaction();
    await runner.query(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, [LOCK_SPACE, service]);
    await runner.query(`SELECT set_config('faas.login', $1, true)`, [loginOf(source.kind === 'url' ? source.url : undefined)]);
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${service}`);
    const executor = new MigrationExecutor(owner, runner);
    executor.transaction = 'none';
    const applied = await executor.executePendingMigrations();
    await runner.commitTransaction();
    if (applied.length > 0) logger.info('database.migrated', { schema: service, migrations: applied.map(({ name }) => name) });
  } catch (error) {
    await rollBack(runner);
    throw toDatabaseError(error);
  } finally {
    await runner.release();
    if (owner !== dataSource) await owner.destroy();
  }
}

export async function schemaState(dataSource: DataSource, { service, migrations }: DatabaseOptions): Promise<SchemaState> {
  const [table] = await dataSource.query<{ name: string | null }[]>(`SELECT to_regclass($1) AS name`, [`${service}.migration`]);
  const rows = table?.name ? await dataSource.query<{ name: string }[]>(`SELECT name FROM ${service}.migration`) : [];
  const applied = new Set(rows.map(({ name }) => name));
  const known = migrations.map(nameOf);
  if (known.some((name) => !applied.has(name))) return 'behind';
  return applied.size > known.length ? 'ahead' : 'ready';
}

function nameOf(migration: MigrationClass): string {
  const { name } = new migration();
  if (!name) throw new AppError('INTERNAL', `The migration ${migration.name} has no name.`);
  return name;
}

/** The role the service logs in with, which must be able to take the service's roles. */
function loginOf(url: string | undefined): string {
  return url ? decodeURIComponent(new URL(url).username) : '';
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive) await runner.rollbackTransaction();
}
