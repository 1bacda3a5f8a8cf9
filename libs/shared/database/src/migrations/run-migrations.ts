import { AppError } from '@faas/errors';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { createDataSource, type MigrationClass } from '../data-source';
import type { DatabaseOptions } from '../database';
import { toDatabaseError } from '../database-error';
import { roleOf, type ServiceSchema } from '../service-schema';

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
    // The login of the service, which must be able to take the service's roles, is not always the migrating one.
    const [login] = await dataSource.query<{ name: string }[]>('SELECT session_user AS name');
    await runner.connect();
    await runner.startTransaction();
    await runner.query(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, [LOCK_SPACE, service]);
    await runner.query(`SELECT set_config('faas.login', $1, true)`, [login?.name ?? '']);
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${service}`);
    const executor = new MigrationExecutor(owner, runner);
    executor.transaction = 'none';
    const applied = await executor.executePendingMigrations();
    if (options.migrations.length > 0) await runner.query(`GRANT SELECT ON ${service}.migration TO ${roleOf(service)}`);
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
  const applied = new Set(await appliedMigrations(dataSource, service));
  const known = migrations.map(nameOf);
  if (known.some((name) => !applied.has(name))) return 'behind';
  return applied.size > known.length ? 'ahead' : 'ready';
}

/** The login may lack rights of its own: the catalogue is open to everyone, the table is read with the service's role. */
async function appliedMigrations(dataSource: DataSource, service: ServiceSchema): Promise<string[]> {
  const [table] = await dataSource.query<unknown[]>(`SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migration'`, [service]);
  if (!table) return [];
  const rows = await dataSource.transaction(async (manager) => {
    await manager.query(`SELECT set_config('role', $1, true)`, [roleOf(service)]);
    return manager.query<{ name: string }[]>(`SELECT name FROM ${service}.migration`);
  });
  return rows.map(({ name }) => name);
}

function nameOf(migration: MigrationClass): string {
  const { name } = new migration();
  if (!name) throw new AppError('INTERNAL', `The migration ${migration.name} has no name.`);
  return name;
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive) await runner.rollbackTransaction();
}
