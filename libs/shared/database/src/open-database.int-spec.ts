import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationInterface } from 'typeorm';
import { openDatabase, type OpenDatabaseOptions } from './open-database';
import { FakeLogger } from './test/fake-logger';
import { addNote, asTenant, NoteEntity, noteIds, Notes1764000000000 } from './test/notes';

describe('openDatabase', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-database-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const options = (overrides: Partial<OpenDatabaseOptions> = {}): OpenDatabaseOptions => ({
    service: 'agent',
    entities: [NoteEntity],
    migrations: [Notes1764000000000],
    config: { DATABASE_POOL_SIZE: 10, DATA_DIR: folder },
    openEmbedded: ({ directory, logger }) => openEmbeddedPostgres({ directory, logger, lockWaitMs: 0 }),
    migrate: true,
    logger: new FakeLogger(),
    ...overrides,
  });

  it('opens and migrates the embedded database below DATA_DIR, and finds it again', async () => {
    const first = await openDatabase(options());
    await asTenant('acme', () => addNote(first, 'a'));
    await first.close();
    expect(await readdir(join(folder, 'agent'))).toEqual(['pg']);
    const again = await openDatabase(options({ migrate: false }));
    expect(await asTenant('acme', () => noteIds(again))).toEqual(['a']);
    await again.close();
  });

  it('serves nothing before the migrations, when it is told not to run them', async () => {
    const database = await openDatabase(options({ migrate: false, config: { DATABASE_POOL_SIZE: 1, DATA_DIR: join(folder, 'new') } }));
    await expect(database.admit()).rejects.toMatchObject({ code: 'SCHEMA_BEHIND' });
    await database.migrate();
    await database.admit();
    await database.close();
  });

  it('says in one line who holds the directory', async () => {
    const database = await openDatabase(options());
    await expect(openDatabase(options())).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/is in use by process \d+.*DATA_DIR/) });
    await database.close();
  });

  it('lets go of the directory when the start fails', async () => {
    class Failing1764000000003 implements MigrationInterface {
      readonly name = 'Failing1764000000003';
      up(): Promise<void> {
        return Promise.reject(new Error('failing on purpose'));
      }
      down(): Promise<void> {
        return Promise.reject(new Error('not needed'));
      }
    }
    await expect(openDatabase(options({ migrations: [Notes1764000000000, Failing1764000000003] }))).rejects.toThrow('failing on purpose');
    await (await openDatabase(options())).close();
  });

  it('needs DATABASE_URL where no embedded database is at hand', async () => {
    await expect(openDatabase(options({ openEmbedded: undefined }))).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('DATABASE_URL') });
  });
});
