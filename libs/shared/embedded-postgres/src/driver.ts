import * as pg from 'pg';
import { EngineStream, type WireEngine } from './engine-stream';
import { SessionOwnership } from './session-ownership';

/** How long a caller waits for the one connection; a caller of the pool may set its own `connectionTimeoutMillis`. */
const CONNECTION_WAIT_MS = 5_000;

/** The shape of the `pg` module, as TypeORM takes it for `driver`. */
export type PgModule = Pick<typeof pg, 'Pool' | 'Client' | 'types' | 'defaults' | 'DatabaseError' | 'escapeIdentifier' | 'escapeLiteral'>;

/**
 * The `pg` module over an engine in this process. Its pool has one connection, so checking it out is the mutex that a
 * transaction holds from BEGIN to COMMIT; a client released mid transaction is rolled back before anyone else gets it.
 */
export function createDriver(engine: WireEngine): PgModule {
  const ownership = new SessionOwnership();
  const inProcess = { host: 'in-process', port: 0, user: 'postgres', password: '', database: 'postgres', ssl: false, stream: () => new EngineStream(engine, ownership) };

  class EmbeddedClient extends pg.Client {
    constructor(_config?: string | pg.ClientConfig) {
      super(inProcess);
    }
  }

  class EmbeddedPool extends pg.Pool {
    constructor(config: pg.PoolConfig = {}) {
      super({ connectionTimeoutMillis: CONNECTION_WAIT_MS, ...config, connectionString: undefined, ...inProcess, Client: EmbeddedClient, max: 1, idleTimeoutMillis: 0 });
      this.on('release', (error, client) => {
        // Queued on the client before its next user's statements. A client released with an error is closed, which rolls back too.
        if (!error && client.getTransactionStatus() !== 'I') client.query('ROLLBACK').catch((failure: Error) => this.emit('error', failure, client));
      });
    }
  }

  const { types, defaults, DatabaseError, escapeIdentifier, escapeLiteral } = pg;
  return { Pool: EmbeddedPool, Client: EmbeddedClient, types, defaults, DatabaseError, escapeIdentifier, escapeLiteral } as PgModule;
}
