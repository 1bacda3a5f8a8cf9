import { AppError } from '@faas/errors';
import { assertOutsideTransaction } from '@faas/request-context';
import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import { createServer, type Server } from 'node:net';
import { Database } from './database';
import { assertBoundRole } from './isolation';
import { FakeLogger } from './test/fake-logger';
import { addNote, asTenant, NoteEntity, noteIds, openMigratedNotes, openNotes } from './test/notes';

describeOnEachEngine('Database', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
  });
  afterEach(() => throwaway.query('DELETE FROM agent.note'));
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });
  const stored = async () => (await throwaway.query<{ id: string }>('SELECT id FROM agent.note ORDER BY id')).map(({ id }) => id);

  describe('transactions', () => {
    it('join the one that is open, and are one unit with it', async () => {
      await asTenant('acme', () =>
        database.inTenant(async () => {
          const { manager } = database;
          await addNote(database, 'a');
          await database.inTenant(async () => expect(database.manager).toBe(manager));
          await addNote(database, 'b');
        }),
      );
      expect(await stored()).toEqual(['a', 'b']);
    });

    it('store nothing when the work fails, also what nested work did', async () => {
      const failing = asTenant('acme', () =>
        database.inTenant(async () => {
          await addNote(database, 'a');
          throw new AppError('CONFLICT', 'No.');
        }),
      );
      await expect(failing).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await stored()).toEqual([]);
    });

    it('keep 20 concurrent ones apart, half of them rolled back', async () => {
      const work = (index: number) =>
        asTenant(index % 3 === 0 ? 'acme' : 'globex', () =>
          database.inTenant(async () => {
            await addNote(database, `n${String(index).padStart(2, '0')}-1`);
            await new Promise((resolve) => setImmediate(resolve));
            await addNote(database, `n${String(index).padStart(2, '0')}-2`);
            if (index % 2 === 1) throw new Error('rolled back');
          }),
        );
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => work(index)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      const even = Array.from({ length: 10 }, (_, index) => String(index * 2).padStart(2, '0'));
      expect(await stored()).toEqual(even.flatMap((number) => [`n${number}-1`, `n${number}-2`]));
    });

    it('say so when a failed statement was ignored, instead of storing nothing in silence', async () => {
      const ignoring = asTenant('acme', () =>
        database.inTenant(async () => {
          await addNote(database, 'a');
          await addNote(database, 'a').catch(() => undefined);
        }),
      );
      await expect(ignoring).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('ignored') });
      expect(await stored()).toEqual([]);
    });

    it('are needed for every statement', () => {
      expect(() => database.manager).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    });

    it('let no call leave the process', async () => {
      const calling = asTenant('acme', () => database.inTenant(async () => assertOutsideTransaction('cache.get')));
      await expect(calling).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
    });

    it('leave the session as it was', async () => {
      await asTenant('acme', () => addNote(database, 'a'));
      const [after] = await throwaway.query<{ role: string; tenant: string | null }>(`SELECT current_user AS role, nullif(current_setting('app.tenant', true), '') AS tenant`);
      expect(after?.tenant).toBeNull();
      expect(after?.role).not.toBe('faas_agent');
    });
  });

  describe('row-level security under a superuser login', () => {
    it('shows a tenant its own rows only, and changes no others', async () => {
      await asTenant('acme', () => addNote(database, 'a'));
      await asTenant('globex', () => addNote(database, 'g'));
      expect(await asTenant('acme', () => noteIds(database))).toEqual(['a']);
      const changed = await asTenant('acme', () => database.inTenant(() => database.manager.update(NoteEntity, { id: 'g' }, { text: 'mine' })));
      expect(changed.affected).toBe(0);
      await asTenant('acme', () => database.inTenant(() => database.manager.query('DELETE FROM agent.note')));
      expect(await stored()).toEqual(['g']);
    });

    it('lets nobody write for another tenant', async () => {
      const forging = asTenant('acme', () => database.inTenant(() => database.manager.query(`INSERT INTO agent.note (id, tenant_id, text) VALUES ('x', 'globex', 'x')`)));
      await expect(forging).rejects.toMatchObject({ code: '42501' });
    });

    it('shows nothing of a tenant outside of one', async () => {
      await asTenant('acme', () => addNote(database, 'a'));
      expect(await database.withoutTenant(() => database.manager.find(NoteEntity))).toEqual([]);
    });

    it('keeps the worker away from content', async () => {
      await expect(database.asWorker(() => database.manager.query('SELECT * FROM agent.note'))).rejects.toMatchObject({ code: '42501' });
      await expect(database.asWorker(() => database.manager.query('SELECT * FROM agent.work'))).resolves.toEqual([]);
    });

    it('does not mix tenants or roles within one transaction', async () => {
      const other = () => asTenant('globex', () => addNote(database, 'x'));
      await expect(asTenant('acme', () => database.inTenant(other))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(asTenant('acme', () => database.inTenant(() => database.asWorker(async () => undefined)))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(asTenant('acme', () => database.inTenant(() => database.withoutTenant(async () => undefined)))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(asTenant('acme', () => database.withoutTenant(() => database.inTenant(async () => undefined)))).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('counts as missing when the transaction runs as the login, or as a role that may bypass it', async () => {
      const checking = database.withoutTenant(async () => {
        await database.manager.query('RESET ROLE');
        await assertBoundRole(database.manager, 'faas_agent');
      });
      await expect(checking).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('bypass') });
      const [login] = await throwaway.query<{ name: string }>('SELECT current_user AS name');
      const taking = database.withoutTenant(async () => {
        await database.manager.query(`SELECT set_config('role', $1, true)`, [login?.name]);
        await assertBoundRole(database.manager, login?.name ?? '');
      });
      await expect(taking).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    });

    it('is forced on every table with a tenant', async () => {
      const open = await throwaway.query(
        `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attname = 'tenant_id' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
      );
      expect(open).toEqual([]);
    });

    it('stops a service one of whose tables lacks it', async () => {
      await throwaway.query('CREATE TABLE agent.forgotten (tenant_id text)');
      await expect(database.assertIsolation()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('forgotten') });
      await throwaway.query('DROP TABLE agent.forgotten');
    });
  });

  it('answers DATABASE_BUSY, retryable, when no connection becomes free in 5 s', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const holders = Array.from({ length: engine.name === 'PGlite' ? 1 : 10 }, () => asTenant('acme', () => database.inTenant(() => gate)));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const startedAt = Date.now();
    await expect(asTenant('acme', () => noteIds(database))).rejects.toMatchObject({ code: 'DATABASE_BUSY', retryable: true });
    expect(Date.now() - startedAt).toBeLessThan(6_000);
    letGo();
    await Promise.all(holders);
    await expect(asTenant('acme', () => noteIds(database))).resolves.toEqual([]);
  }, 20_000);

  if (engine.name === 'PostgreSQL') {
    it('begins once more when its idle connection was cut', async () => {
      const own = await openNotes(throwaway);
      await asTenant('acme', () => addNote(own, 'a'));
      await throwaway.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'faas-agent' AND state = 'idle'`);
      await asTenant('acme', () => addNote(own, 'b'));
      expect(await stored()).toEqual(['a', 'b']);
      await own.close();
    });

    it('tells what cut a transaction and stores nothing of it', async () => {
      const cut = asTenant('acme', () =>
        database.inTenant(async () => {
          await addNote(database, 'a');
          const [{ pid }] = await database.manager.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
          await throwaway.query('SELECT pg_terminate_backend($1)', [pid]);
          await addNote(database, 'b');
        }),
      );
      await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
      expect(await stored()).toEqual([]);
    });
  }
});

describe('Database.open', () => {
  const options = { service: 'agent', entities: [], migrations: [] } as const;
  const url = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `postgres://u:secret-word@127.0.0.1:${(server.address() as { port: number }).port}/db`;
  };

  it('says that DATABASE_URL does not answer', async () => {
    const server = createServer();
    const nobody = await url(server);
    await new Promise((resolve) => server.close(resolve));
    const opening = Database.open({ ...options, logger: new FakeLogger(), source: { kind: 'url', url: nobody, poolSize: 1 } });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('DATABASE_URL') });
  });

  it('says why the server refuses the login, without the password', async () => {
    const refusal = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0');
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(refusal.length + 4, 1);
    const server = createServer((socket) => socket.once('data', () => socket.end(Buffer.concat([head, refusal]))));
    const refusing = await url(server);
    const error = await Database.open({ ...options, logger: new FakeLogger(), source: { kind: 'url', url: refusing, poolSize: 1 } }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('password authentication failed') });
    expect((error as Error).message).not.toContain('secret-word');
    server.close();
  });
});
