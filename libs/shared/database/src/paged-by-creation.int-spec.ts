import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import type { Database } from './database';
import { pagedByCreation } from './paged-by-creation';
import { addNote, asTenant, NoteEntity, openMigratedNotes } from './test/notes';

describeOnEachEngine('pagedByCreation', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) await asTenant('acme', () => addNote(database, id, id === 'n3' ? 'odd one' : 'text'));
    await asTenant('globex', () => addNote(database, 'g1'));
  });
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });
  const page = (request: Parameters<typeof pagedByCreation<NoteEntity>>[2]) =>
    asTenant('acme', () => database.inTenant(async () => (await pagedByCreation(database.manager, NoteEntity, request)).map(({ id }) => id)));

  it('walks a list from the newest to the oldest, with one surplus row while more follow', async () => {
    expect(await page({ limit: 2 })).toEqual(['n5', 'n4', 'n3']);
    expect(await page({ limit: 2, after: 'n4' })).toEqual(['n3', 'n2', 'n1']);
    expect(await page({ limit: 2, after: 'n2' })).toEqual(['n1']);
    expect(await page({ limit: 2, after: 'n1' })).toEqual([]);
  });

  it('stays within what the list is narrowed to', async () => {
    expect(await page({ limit: 10, where: { text: 'text' }, after: 'n4' })).toEqual(['n2', 'n1']);
  });

  it.each(['unknown', 'g1', 'n3', ''])('refuses the cursor %j that is not in this list', async (after) => {
    await expect(page({ limit: 2, where: { text: 'text' }, after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });
});
