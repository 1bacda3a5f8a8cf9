import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { requireTenant, runInTransactionScope } from '@faas/request-context';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource, type DatabaseSource, type EntityClass, type MigrationClass } from './data-source';
import { toDatabaseError } from './database-error';
import { migrate, schemaState, type SchemaState } from './migrations/run-migrations';
import { roleOf, workerRoleOf, type ServiceSchema } from './service-schema';

/** No statement of a request may run longer; migrations are not bounded. */
const STATEMENT_TIMEOUT_MS = 30_000;

export interface DatabaseOptions {
  /** Names the schema and the roles `faas_<service>` and `faas_<service>_worker`. */
  readonly service: ServiceSchema;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  readonly source: DatabaseSource;
  readonly logger: Logger;
}

/** A transaction this async flow is inside of. */
interface OpenTransaction {
  readonly manager: EntityManager;
  readonly tenant: string | undefined;
}

/**
 * The only way to a service's tables. Every statement runs in a transaction that has taken the service's role and names
 * the tenant, so that row-level security decides what exists.
 *
 * SQL must not depend on the session: `SET LOCAL` only, no named statements, no LISTEN, no session advisory locks. It then
 * works on the embedded database, on PostgreSQL and behind transaction poolers alike.
 *
 * Errors: AppError DATABASE_BUSY when no connection became free within 5 s, DATABASE_UNAVAILABLE when the server is away.
 *
 * @example
 * const collection = await database.inTenant(() => database.manager.findOneBy(CollectionEntity, { name }));
 */
export class Database {
  private readonly open = new AsyncLocalStorage<OpenTransaction>();
  /** Once seen ready, the schema is not asked for again. */
  private admitted = false;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly options: DatabaseOptions,
  ) {}

  /**
   * Connects. Does not migrate.
   *
   * @throws AppError DATABASE_UNAVAILABLE naming DATABASE_URL.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = createDataSource(options);
    try {
      await dataSource.initialize();
    } catch (error) {
      throw toDatabaseError(error);
    }
    return new Database(dataSource, options);
  }

  /** Brings the schema up to date; of several processes one does the work, the others wait for it. */
  async migrate(): Promise<void> {
    await migrate(this.dataSource, this.options);
  }

  schemaState(): Promise<SchemaState> {
    return schemaState(this.dataSource, this.options);
  }

  /** Behind its migrations a service serves nothing; ahead of them, after a rollback, it does. @throws AppError SCHEMA_BEHIND */
  async admit(): Promise<void> {
    if (this.admitted) return;
    if ((await this.schemaState()) === 'behind') throw new AppError('SCHEMA_BEHIND', 'The database lacks migrations of this version. Run them, then try again.');
    this.admitted = true;
  }

  /**
   * Refuses to serve when row-level security would not hold: the role a transaction takes must not be able to bypass it.
   *
   * @throws AppError CONFIG_INVALID
   */
  async assertIsolation(): Promise<void> {
    const role = roleOf(this.options.service);
    const [effective] = await this.transaction(role, undefined, () =>
      this.manager.query<{ role: string; bypasses: boolean }[]>(`SELECT rolname AS role, rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user`),
    );
    if (effective?.role !== role || effective.bypasses) {
      throw new AppError('CONFIG_INVALID', `The database role "${effective?.role}" may bypass row-level security. Transactions must run as "${role}" without SUPERUSER and BYPASSRLS.`);
    }
  }

  /** Of the open transaction. @throws AppError INTERNAL outside of one. */
  get manager(): EntityManager {
    const transaction = this.open.getStore();
    if (!transaction) throw new AppError('INTERNAL', 'No transaction is open: wrap the work in database.inTenant().');
    return transaction.manager;
  }

  /**
   * Runs `work` as one transaction of the request's tenant; inside an open transaction it joins that one, which only the
   * outermost call commits. Anything that `work` throws rolls everything back.
   */
  async inTenant<T>(work: () => Promise<T>): Promise<T> {
    const tenant = requireTenant();
    const outer = this.open.getStore();
    if (!outer) return this.transaction(roleOf(this.options.service), tenant, work);
    if (outer.tenant !== tenant) throw new AppError('INTERNAL', 'A transaction of another tenant or of the worker is open.');
    return work();
  }

  /** Runs `work` with the role that sees the work and outbox tables of all tenants, and nothing else. */
  asWorker<T>(work: () => Promise<T>): Promise<T> {
    if (this.open.getStore()) throw new AppError('INTERNAL', 'A transaction is open already.');
    return this.transaction(workerRoleOf(this.options.service), undefined, work);
  }

  /** For health checks. */
  async ping(): Promise<void> {
    try {
      await this.dataSource.query('SELECT 1');
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    if (this.options.source.kind === 'embedded') await this.options.source.close();
  }

  private async transaction<T>(role: string, tenant: string | undefined, work: () => Promise<T>): Promise<T> {
    const runner = await this.begin(role, tenant);
    try {
      const result = await runInTransactionScope(() => this.open.run({ manager: runner.manager, tenant }, work));
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // The connection may be gone; what is not committed is rolled back by the server then.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch((cause: unknown) => this.options.logger.warn('database.rollback-failed', { error: cause }));
      throw toDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  /** Opens a transaction. A connection that died while idle is noticed here, before anything was done: once more on another one. */
  private async begin(role: string, tenant: string | undefined) {
    for (let attempt = 1; ; attempt += 1) {
      const runner = this.dataSource.createQueryRunner();
      try {
        await runner.connect();
        await runner.startTransaction();
        // SET LOCAL of all four in one round trip; an empty tenant is none, which no policy lets pass.
        await runner.query(
          `SELECT set_config('role', $1, true), set_config('app.tenant', $2, true), set_config('statement_timeout', $3, true), set_config('idle_in_transaction_session_timeout', $3, true)`,
          [role, tenant ?? '', String(STATEMENT_TIMEOUT_MS)],
        );
        return runner;
      } catch (error) {
        await runner.release();
        const failure = toDatabaseError(error);
        if (attempt === 1 && AppError.hasCode(failure, 'DATABASE_UNAVAILABLE')) continue;
        throw failure;
      }
    }
  }
}
