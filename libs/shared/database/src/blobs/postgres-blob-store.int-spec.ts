import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import { randomBytes } from 'node:crypto';
import type { Database } from '../database';
import { asTenant, openMigratedNotes } from '../test/notes';
import { PostgresBlobStore } from './postgres-blob-store';

describeOnEachEngine('PostgresBlobStore', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let blobs: PostgresBlobStore;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    blobs = new PostgresBlobStore(database, 'agent');
  });
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });
  const acme = <T>(work: () => Promise<T>) => asTenant('acme', () => database.inTenant(work));

  it.each([0, 1, 1024 * 1024, 1024 * 1024 + 1, 3_500_000])('gives %i bytes back unchanged', async (size) => {
    const bytes = randomBytes(size);
    const id = await acme(() => blobs.put(bytes));
    const read = await acme(() => blobs.read(id));
    expect(Buffer.compare(bytes, read)).toBe(0);
  });

  it('takes a view into a larger buffer', async () => {
    const view = new Uint8Array([1, 2, 3, 4, 5, 6]).subarray(2, 4);
    const id = await acme(() => blobs.put(view));
    expect([...(await acme(() => blobs.read(id)))]).toEqual([3, 4]);
  });

  it('deletes a blob with all its parts', async () => {
    await throwaway.query('DELETE FROM agent.blob');
    const ids = await acme(() => Promise.all([Buffer.from('a'), Buffer.from('b')].map((bytes) => blobs.put(bytes))));
    await acme(() => blobs.delete([ids[0]!, 'unknown']));
    await acme(() => blobs.delete([]));
    expect(await throwaway.query('SELECT blob_id FROM agent.blob_part')).toEqual([{ blob_id: ids[1] }]);
    await expect(acme(() => blobs.read(ids[0]!))).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('keeps tenants apart', async () => {
    const id = await acme(() => blobs.put(Buffer.from('secret')));
    await expect(asTenant('globex', () => database.inTenant(() => blobs.read(id)))).rejects.toMatchObject({ code: 'INTERNAL' });
    await asTenant('globex', () => database.inTenant(() => blobs.delete([id])));
    expect(Buffer.from(await acme(() => blobs.read(id))).toString()).toBe('secret');
  });
});
