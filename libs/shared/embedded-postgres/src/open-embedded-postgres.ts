import { accessSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { lockFile } from './directory-lock';
import { createDriver, type PgModule } from './driver';
import { EmbeddedDatabaseError } from './embedded-database-error';
import { holdsDatabase, startEngine } from './engine';
import { createFromTemplate } from './template';

export interface EmbeddedPostgresLogger {
  info(event: string, fields?: Record<string, unknown>): void;
}

export interface EmbeddedPostgresOptions {
  /** Folder of the database files; made when missing. A lock file stands beside it. */
  directory: string;
  logger?: EmbeddedPostgresLogger;
  /** How long to wait for another process to let go of the directory. Default 10 s. */
  lockWaitMs?: number;
}

export interface EmbeddedPostgres {
  /** For TypeORM's `driver` option, with `uuidExtension: 'pgcrypto', installExtensions: false`. */
  readonly driver: PgModule;
  /** Writes everything down and gives the directory free. Close pools first. */
  close(): Promise<void>;
}

/**
 * Opens PostgreSQL with pgvector inside this process.
 *
 * @throws EmbeddedDatabaseError EMBEDDED_DATABASE_LOCKED after 10 s, naming the holder's pid; EMBEDDED_DATABASE_UNREADABLE.
 * @example
 * const { driver, close } = await openEmbeddedPostgres({ directory: '.data/rag/pg' });
 */
export async function openEmbeddedPostgres({ directory: given, logger, lockWaitMs = 10_000 }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const startedAt = performance.now();
  const directory = resolve(given);
  assertUsable(directory);
  const lock = await lockFile(`${directory}.lock`, { waitMs: lockWaitMs, what: `The embedded database ${directory}` });
  try {
    const fresh = !holdsDatabase(directory);
    if (fresh) await createFromTemplate(directory);
    const engine = await startEngine(directory);
    logger?.info('embedded-postgres.opened', { directory, fresh, durationMs: Math.round(performance.now() - startedAt) });
    return {
      driver: createDriver(engine),
      close: async () => {
        if (!engine.closed) await engine.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    if (error instanceof EmbeddedDatabaseError) throw error;
    throw new EmbeddedDatabaseError('EMBEDDED_DATABASE_UNREADABLE', `The embedded database ${directory} cannot be opened: ${(error as Error).message}. Set another DATA_DIR, or delete the folder to start empty.`, error);
  }
}

function assertUsable(directory: string): void {
  try {
    mkdirSync(dirname(directory), { recursive: true });
    if (statSync(directory, { throwIfNoEntry: false }) === undefined) return;
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    if (holdsDatabase(directory) || readdirSync(directory).length === 0) return;
  } catch (error) {
    throw new EmbeddedDatabaseError('EMBEDDED_DATABASE_UNREADABLE', `The folder ${directory} cannot be used: ${(error as Error).message}. Make it readable and writable, or set DATA_DIR.`, error);
  }
  throw new EmbeddedDatabaseError('EMBEDDED_DATABASE_UNREADABLE', `The folder ${directory} is not empty and holds no database. Set another DATA_DIR, or empty it.`);
}
