import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { requireTenant, runInTransactionScope } from '@faas/request-context';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { createDataSource, type DatabaseSource, type EntityClass, type MigrationClass } from './data-source';
import { toDatabaseError, toOpenError } from './database-error';
import { assertBoundRole, tablesWithoutIsolation } from './isolation';
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

/** A connection that died while idle is noticed within this time; what takes longer is a server that is away. */
const SECOND_ATTEMPT_WITHIN_MS = 1_000;

/** A transaction this async flow is inside of. */
interface OpenTransaction {
  readonly manager: EntityManager;
  /** Undefined: of no tenant. */
  readonly tenant: string | undefined;
  readonly role: string;
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
  /** Once seen ready and isolated, the schema is not asked for again. */
  private admitted = false;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly options: DatabaseOptions,
  ) {}

  /**
   * Connects. Does not migrate.
   *
   * @throws AppError DATABASE_UNAVAILABLE, or CONFIG_INVALID when the server refuses the login; both name DATABASE_URL.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = createDataSource(options);
    try {
      await dataSource.initialize();
    } catch (error) {
      throw toOpenError(error);
    }
    return new Database(dataSource, options);
  }

  /** Brings the schema up to date; of several processes one does the work, the others wait for it. */
  async migrate(): Promise<void> {
    await migrate(this.dataSource, this.options);
  }

  async schemaState(): Promise<SchemaState> {
    try {
      return await schemaState(this.dataSource, this.options);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** Behind its migrations a service serves nothing; ahead of them, after a rollback, it does. @throws AppError SCHEMA_BEHIND, and as assertIsolation */
  async admit(): Promise<void> {
    if (this.admitted) return;
    if ((await this.schemaState()) === 'behind') throw new AppError('SCHEMA_BEHIND', 'The database lacks migrations of this version. Run them, then try again.');
    await this.assertIsolation();
    this.admitted = true;
  }

  /**
   * Refuses to serve when row-level security would not hold: the role a transaction takes must not be able to bypass it,
   * and no table with a tenant may lack it.
   *
   * @throws AppError CONFIG_INVALID
   */
  async assertIsolation(): Promise<void> {
    const { service } = this.options;
    for (const role of [roleOf(service), workerRoleOf(service)]) {
      await this.transaction(role, undefined, () => assertBoundRole(this.manager, role));
    }
    const open = await this.transaction(roleOf(service), undefined, () => tablesWithoutIsolation(this.manager, service));
    if (open.length > 0) throw new AppError('CONFIG_INVALID', `These tables hold tenants' rows without forced row-level security: ${open.join(', ')}.`);
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
    if (outer.tenant !== tenant) throw new AppError('INTERNAL', 'A transaction of another tenant, of none or of the worker is open.');
    return work();
  }

  /**
   * As inTenant, for tables that belong to no tenant (the list of revoked keys, shared counters). Of tables with a
   * tenant nothing is seen.
   */
  async withoutTenant<T>(work: () => Promise<T>): Promise<T> {
    const role = roleOf(this.options.service);
    const outer = this.open.getStore();
    if (!outer) return this.transaction(role, undefined, work);
    if (outer.role !== role || outer.tenant !== undefined) throw new AppError('INTERNAL', 'A transaction of a tenant or of the worker is open.');
    return work();
  }

  /** Runs `work` with the role that sees the work and outbox tables of all tenants, and nothing else. */
  async asWorker<T>(work: () => Promise<T>): Promise<T> {
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
      const result = await runInTransactionScope(() => this.open.run({ manager: runner.manager, tenant, role }, work));
      await this.commit(runner);
      return result;
    } catch (error) {
      await this.rollBack(runner);
      throw toDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  /**
   * After a statement failed PostgreSQL answers COMMIT by rolling back, without an error: work that swallowed the failure
   * would be lost unnoticed. Only the answer's tag tells, which TypeORM does not hand on.
   */
  private async commit(runner: QueryRunner): Promise<void> {
    const connection = (await runner.connect()) as { query(sql: string): Promise<{ command: string }> };
    const { command } = await connection.query('COMMIT');
    if (command !== 'COMMIT') throw new AppError('INTERNAL', 'A statement of the transaction failed and its error was ignored. Nothing was stored.');
  }

  /** The connection may be gone; what is not committed is rolled back by the server then. */
  private async rollBack(runner: QueryRunner): Promise<void> {
    if (!runner.isTransactionActive) return;
    await runner.rollbackTransaction().catch((cause: unknown) => this.options.logger.warn('database.rollback-failed', { error: cause }));
  }

  /** Opens a transaction. A connection that died while idle is noticed here, before anything was done: once more on another one. */
  private async begin(role: string, tenant: string | undefined): Promise<QueryRunner> {
    const startedAt = Date.now();
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
        await this.rollBack(runner);
        await runner.release();
        const failure = toDatabaseError(error);
        const again = attempt === 1 && AppError.hasCode(failure, 'DATABASE_UNAVAILABLE') && Date.now() - startedAt < SECOND_ATTEMPT_WITHIN_MS;
        if (!again) throw failure;
      }
    }
  }
}
