import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedPostgres, openTemporaryPostgres, type EmbeddedPostgres } from './index';

describe('openEmbeddedPostgres', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embedded-postgres-spec-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps rows from one opening to the next and leaves nothing but the database', async () => {
    const directory = join(folder, 'kept', 'pg');
    const events: unknown[] = [];
    for (const fresh of [true, false]) {
      const embedded = await openEmbeddedPostgres({ directory, logger: { info: (event, fields) => events.push([event, fields?.fresh]) } });
      const pool = new embedded.driver.Pool();
      await pool.query('CREATE TABLE IF NOT EXISTS t (x int)');
      await pool.query('INSERT INTO t VALUES ($1)', [fresh ? 1 : 2]);
      const { rows } = await pool.query('SELECT x FROM t ORDER BY x');
      expect(rows).toEqual(fresh ? [{ x: 1 }] : [{ x: 1 }, { x: 2 }]);
      await pool.end();
      await embedded.close();
    }
    expect(events).toEqual([['embedded-postgres.opened', true], ['embedded-postgres.opened', false]]);
    expect(await readdir(join(folder, 'kept'))).toEqual(['pg']);
  });

  it('says which process holds the directory', async () => {
    const directory = join(folder, 'held', 'pg');
    const embedded = await openEmbeddedPostgres({ directory });
    const second = openEmbeddedPostgres({ directory, lockWaitMs: 300 });
    await expect(second).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_LOCKED', message: expect.stringContaining(`process ${process.pid}`) });
    const third = openEmbeddedPostgres({ directory, lockWaitMs: 5_000 });
    await embedded.close();
    await (await third).close();
  });

  it('refuses a folder that holds something else', async () => {
    await writeFile(join(folder, 'note.txt'), 'x');
    await expect(openEmbeddedPostgres({ directory: folder })).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_UNREADABLE', message: expect.stringContaining('not empty') });
    await expect(openEmbeddedPostgres({ directory: join(folder, 'note.txt', 'pg') })).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_UNREADABLE', message: expect.stringContaining('DATA_DIR') });
    expect(existsSync(join(folder, 'note.txt'))).toBe(true);
  });
});

describe('the driver', () => {
  let embedded: EmbeddedPostgres;
  beforeAll(async () => {
    embedded = await openTemporaryPostgres();
  });
  afterAll(() => embedded.close());

  it('gives the types, row counts and errors that pg gives', async () => {
    const pool = new embedded.driver.Pool();
    const { rows } = await pool.query("SELECT 9007199254740993::bigint AS big, 1.50::numeric AS money, '{\"a\":1}'::jsonb AS json, $1::bytea AS bytes, '2026-01-02T03:04:05Z'::timestamptz AS at, ARRAY['a','b'] AS list", [Buffer.from([0, 255])]);
    expect(rows[0]).toEqual({ big: '9007199254740993', money: '1.50', json: { a: 1 }, bytes: Buffer.from([0, 255]), at: new Date('2026-01-02T03:04:05Z'), list: ['a', 'b'] });
    await pool.query('CREATE TABLE counted (x int PRIMARY KEY, v vector(3))');
    expect(await pool.query("INSERT INTO counted VALUES (1, '[1,2,3]'), (2, '[0,0,1]')")).toMatchObject({ rowCount: 2, command: 'INSERT' });
    await expect(pool.query('INSERT INTO counted VALUES (1)')).rejects.toMatchObject({ code: '23505', constraint: 'counted_pkey' });
    expect((await pool.query("SELECT x FROM counted ORDER BY v <-> '[0,0,1]' LIMIT 1")).rows).toEqual([{ x: 2 }]);
    await pool.end();
  });

  it('carries large parameters and results', async () => {
    const pool = new embedded.driver.Pool();
    const text = 'é'.repeat(2_000_000);
    const { rows } = await pool.query('SELECT $1::text AS text', [text]);
    expect(rows[0].text === text).toBe(true);
    await pool.end();
  });

  it('rolls back what a released or a vanished client left open', async () => {
    const pool = new embedded.driver.Pool();
    await pool.query('CREATE TABLE left_open (x int)');
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO left_open VALUES (1)');
    client.release();
    expect((await pool.query('SELECT count(*)::int AS n FROM left_open')).rows).toEqual([{ n: 0 }]);

    const doomed = await pool.connect();
    await doomed.query('BEGIN');
    await doomed.query('INSERT INTO left_open VALUES (1)');
    doomed.release(new Error('broken'));
    expect((await pool.query('SELECT count(*)::int AS n FROM left_open')).rows).toEqual([{ n: 0 }]);
    await pool.end();
  });

  it('never mixes the statements of two clients', async () => {
    const [first, second] = [new embedded.driver.Client(), new embedded.driver.Client()];
    await Promise.all([first.connect(), second.connect()]);
    await first.query('CREATE TABLE mixed (x int)');
    await first.query('BEGIN');
    await first.query('INSERT INTO mixed VALUES (1)');
    const waiting = second.query('SELECT count(*)::int AS n FROM mixed');
    await sleep(50);
    await first.query('ROLLBACK');
    expect((await waiting).rows).toEqual([{ n: 0 }]);
    await Promise.all([first.end(), second.end()]);
  });

  it('gives up waiting for the connection', async () => {
    const pool = new embedded.driver.Pool({ connectionTimeoutMillis: 100 });
    const client = await pool.connect();
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout exceeded when trying to connect');
    client.release();
    await pool.query('SELECT 1');
    await pool.end();
  });
});
