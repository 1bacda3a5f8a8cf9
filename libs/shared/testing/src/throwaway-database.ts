import { openTemporaryPostgres } from '@faas/embedded-postgres';
import { randomUUID } from 'node:crypto';
import * as pg from 'pg';
import { describeOnServer } from './on-server';

/** A `DatabaseSource` of @faas/database, by shape. */
export type ThrowawaySource =
  | { readonly kind: 'embedded'; readonly driver: unknown; close(): Promise<void> }
  | { readonly kind: 'url'; readonly url: string; readonly migrationUrl?: string; readonly poolSize: number };

/** An empty database of one suite. Its login is a superuser on both engines: what holds here holds for any login. */
export interface ThrowawayDatabase {
  readonly engine: 'PGlite' | 'PostgreSQL';
  /** For `Database.open`. Closing that does not end the database, so it may be opened again, also twice at once. */
  source(): ThrowawaySource;
  /** Statements as the login itself, outside of any role or tenant. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

export interface Engine {
  readonly name: 'PGlite' | 'PostgreSQL';
  create(): Promise<ThrowawayDatabase>;
}

/**
 * Registers `suite` for the embedded engine, and for PostgreSQL at TEST_DATABASE_URL (skipped, with the reason in its
 * name, when that is not set).
 *
 * @example
 * describeOnEachEngine('chunk store', (engine) => {
 *   let throwaway: ThrowawayDatabase;
 *   beforeAll(async () => { throwaway = await engine.create(); });
 *   afterAll(() => throwaway.drop());
 * });
 */
export function describeOnEachEngine(name: string, suite: (engine: Engine) => void): void {
  describe(`${name} on PGlite`, () => suite({ name: 'PGlite', create: createEmbedded }));
  describeOnServer('TEST_DATABASE_URL', `${name} on PostgreSQL`, (url) => suite({ name: 'PostgreSQL', create: () => createOnServer(url) }));
}

async function createEmbedded(): Promise<ThrowawayDatabase> {
  const { driver, close } = await openTemporaryPostgres();
  const pool = new driver.Pool();
  return {
    engine: 'PGlite',
    source: () => ({ kind: 'embedded', driver, close: () => Promise.resolve() }),
    query: async <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await close();
    },
  };
}

async function createOnServer(serverUrl: string): Promise<ThrowawayDatabase> {
  const name = `faas_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  return {
    engine: 'PostgreSQL',
    source: () => ({ kind: 'url', url: url.href, poolSize: 10 }),
    query: async <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
