import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FakeLogger } from '../test/fake-logger';
import { addNote, asTenant, noteIds, Notes1764000000000, openMigratedNotes, openNotes } from '../test/notes';

class Tags1764000000001 implements MigrationInterface {
  readonly name = 'Tags1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE agent.tag (name text PRIMARY KEY)');
  }

  async down(): Promise<void> {
    throw new Error('Not needed here.');
  }
}

class Broken1764000000002 implements MigrationInterface {
  readonly name = 'Broken1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE agent.half_made (name text)');
    await runner.query('SELECT 1 / 0');
  }

  async down(): Promise<void> {
    throw new Error('Not needed here.');
  }
}

describeOnEachEngine('Migrations', (engine) => {
  let throwaway: ThrowawayDatabase;
  beforeEach(async () => {
    throwaway = await engine.create();
  });
  afterEach(() => throwaway.drop());

  it('run once when several processes start at the same moment', async () => {
    const loggers = [new FakeLogger(), new FakeLogger(), new FakeLogger()];
    const databases = await Promise.all(loggers.map((logger) => openNotes(throwaway, { logger })));
    await Promise.all(databases.map((database) => database.migrate()));
    expect(loggers.flatMap((logger) => logger.named('database.migrated'))).toHaveLength(1);
    for (const database of databases) {
      await expect(database.schemaState()).resolves.toBe('ready');
      await database.close();
    }
  });

  it('tell whether the schema is behind, ready or ahead', async () => {
    const both = { migrations: [Notes1764000000000, Tags1764000000001] };
    const older = await openNotes(throwaway);
    const newer = await openNotes(throwaway, both);
    expect(await older.schemaState()).toBe('behind');
    await expect(older.admit()).rejects.toMatchObject({ code: 'SCHEMA_BEHIND', retryable: true });
    await older.migrate();
    expect([await older.schemaState(), await newer.schemaState()]).toEqual(['ready', 'behind']);
    await older.admit();
    await newer.migrate();
    expect([await older.schemaState(), await newer.schemaState()]).toEqual(['ahead', 'ready']);
    await older.admit();
    await Promise.all([older.close(), newer.close()]);
  });

  it('leave nothing of one that fails, nor of those before it in the same run', async () => {
    const database = await openNotes(throwaway, { migrations: [Notes1764000000000, Broken1764000000002] });
    await expect(database.migrate()).rejects.toThrow('division by zero');
    const tables = await throwaway.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'agent'`);
    expect(tables).toEqual([]);
    await database.close();
    const repaired = await openMigratedNotes(throwaway);
    await repaired.close();
  });

  if (engine.name === 'PostgreSQL') {
    it('work with an owner and a login that are no superusers', async () => {
      const suffix = randomBytes(6).toString('hex');
      const [owner, login] = [`spec_owner_${suffix}`, `spec_login_${suffix}`];
      const [{ name } = { name: '' }] = await throwaway.query<{ name: string }>('SELECT current_database() AS name');
      await throwaway.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'p' CREATEROLE; CREATE ROLE ${login} LOGIN PASSWORD 'p'; GRANT ALL ON DATABASE ${name} TO ${owner}`);
      // Roles belong to the server: other suites made these two, so only their own admin may hand them on.
      await throwaway.query(`DO $$ BEGIN CREATE ROLE faas_agent NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
      await throwaway.query(`DO $$ BEGIN CREATE ROLE faas_agent_worker NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
      await throwaway.query(`GRANT faas_agent, faas_agent_worker TO ${owner} WITH ADMIN OPTION`);
      const source = throwaway.source();
      if (source.kind !== 'url') throw new Error('Expected a server.');
      const as = (user: string) => Object.assign(new URL(source.url), { username: user, password: 'p' }).href;
      try {
        const database = await openNotes(throwaway, { source: { kind: 'url', url: as(login), migrationUrl: as(owner), poolSize: 2 } });
        expect(await database.schemaState()).toBe('behind');
        await database.migrate();
        await database.admit();
        await asTenant('acme', () => addNote(database, 'a'));
        expect(await asTenant('acme', () => noteIds(database))).toEqual(['a']);
        expect(await asTenant('globex', () => noteIds(database))).toEqual([]);
        await database.close();
      } finally {
        await throwaway.query(`DROP OWNED BY ${owner} CASCADE; DROP ROLE ${login}; DROP ROLE ${owner}`);
      }
    });
  }
});
