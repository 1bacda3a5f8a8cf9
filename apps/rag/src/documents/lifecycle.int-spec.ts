import 'reflect-metadata';
import { sliceByCodePoints } from '@faas/rag-contract';
import { describeService } from '../../test/rag-harness';

const guide = `# Guide 🦉

Owls sleep by day.

## Keys

Each key belongs to one tenant. A revoked key stops working within thirty seconds.

| limit | value |
| --- | --- |
| requests | ten per second |
`;

describeService('documents', (harness) => {
  const rag = () => harness().client();
  beforeAll(() => rag().putCollection('handbook', { title: 'Handbook' }));

  it('are accepted, ingested, found and read back as they are', async () => {
    const accepted = await rag().addDocument('handbook', { text: guide, mediaType: 'text/markdown', externalId: 'guide.md', metadata: { team: 'core', year: 2026 } });
    expect(accepted).toMatchObject({ result: 'created', document: { status: 'processing', version: null }, job: { status: 'queued', version: 1 } });
    const job = await rag().finishedJob(accepted.job!.id);
    expect(job).toMatchObject({ status: 'succeeded', progress: { done: 1, total: 1 }, documentId: accepted.document.id });
    const document = await rag().getDocument('handbook', accepted.document.id);
    expect(document).toMatchObject({ status: 'ready', version: 1, title: 'Guide 🦉', chunks: 1, characters: [...guide].length, metadata: { team: 'core', year: 2026 } });
    expect(await rag().content('handbook', document.id)).toBe(guide);
    expect(Buffer.from(await rag().original('handbook', document.id)).toString('utf8')).toBe(guide);

    const { mode, passages, exhaustive } = await rag().search('handbook', { query: 'When does a revoked key stop?' });
    expect({ mode, exhaustive }).toEqual({ mode: 'lexical', exhaustive: true });
    expect(passages).toMatchObject([{ number: 1, collection: 'handbook', documentId: document.id, version: 1, title: 'Guide 🦉' }]);
    for (const { start, end, text } of passages) expect(sliceByCodePoints(guide, start, end)).toBe(text);
    expect(await rag().getCollection('handbook')).toMatchObject({ documents: 1, chunks: 1 });
  });

  it('stand in a collection whose PUT may repeat the name, not change it', async () => {
    expect(await rag().putCollection('handbook', { name: 'handbook' })).toMatchObject({ name: 'handbook', title: 'Handbook' });
    await expect(rag().putCollection('handbook', { name: 'other' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('cost nothing when they come again unchanged, and become a new version when they changed', async () => {
    const first = await harness().ingested('handbook', { text: 'The first wording about zebras.', externalId: 'animal.txt' });
    expect(await rag().addDocument('handbook', { text: 'The first wording about zebras.', externalId: 'animal.txt' })).toMatchObject({ result: 'unchanged', job: null, document: { id: first.id, version: 1 } });
    const second = await harness().ingested('handbook', { text: 'Another wording about giraffes.', externalId: 'animal.txt' });
    expect(second).toMatchObject({ id: first.id, version: 2 });
    expect((await rag().search('handbook', { query: 'zebras' })).passages).toEqual([]);
    expect((await rag().search('handbook', { query: 'giraffes' })).passages).toMatchObject([{ version: 2 }]);
    expect(await rag().content('handbook', first.id, { version: 1 })).toBe('The first wording about zebras.');
  });

  it('become a new version when the same bytes come with a corrected media type', async () => {
    const text = '# Corrected\n\nThe type was wrong at first.';
    const first = await harness().ingested('handbook', { text, externalId: 'corrected' });
    expect(first).toMatchObject({ mediaType: 'text/plain', version: 1 });
    const corrected = await rag().addDocument('handbook', { text, mediaType: 'text/markdown', externalId: 'corrected' });
    expect(corrected).toMatchObject({ result: 'updated', job: { version: 2 } });
    await rag().finishedJob(corrected.job!.id);
    expect(await rag().getDocument('handbook', first.id)).toMatchObject({ mediaType: 'text/markdown', version: 2, title: 'Corrected' });
    expect(await rag().addDocument('handbook', { text, mediaType: 'text/markdown', externalId: 'corrected' })).toMatchObject({ result: 'unchanged', job: null });
  });

  it('are known by their content when they have no external id', async () => {
    const document = await harness().ingested('handbook', { text: 'An anonymous note.' });
    expect(await rag().addDocument('handbook', { text: 'An anonymous note.' })).toMatchObject({ result: 'duplicate', document: { id: document.id } });
    const named = await rag().addDocument('handbook', { text: 'An anonymous note.', externalId: 'named' });
    expect(named).toMatchObject({ result: 'created' });
    await rag().finishedJob(named.job!.id);
  });

  it('take new metadata without being ingested again', async () => {
    const { id } = await harness().ingested('handbook', { text: 'About metadata.', externalId: 'meta', metadata: { a: 1 } });
    const answer = await rag().addDocument('handbook', { text: 'About metadata.', externalId: 'meta', metadata: { a: 2 } });
    expect(answer).toMatchObject({ result: 'updated', job: null, document: { id, version: 1, metadata: { a: 2 } } });
  });

  it('are stored once however many identical uploads come at the same time', async () => {
    const uploads = await Promise.all(Array.from({ length: 6 }, () => rag().addDocument('handbook', { text: 'Sent six times.', externalId: 'six' })));
    expect(new Set(uploads.map(({ document }) => document.id)).size).toBe(1);
    expect(uploads.map(({ result }) => result).sort()).toEqual(['created', 'unchanged', 'unchanged', 'unchanged', 'unchanged', 'unchanged']);
    await Promise.all(uploads.map(({ job }) => job && rag().finishedJob(job.id)));
  });

  it('leave nothing behind when they are deleted, and do not come back unless asked', async () => {
    const before = await rag().getCollection('handbook');
    const { id } = await harness().ingested('handbook', { text: 'A pangolin walks by.', externalId: 'pangolin' });
    await rag().deleteDocument('handbook', id);
    expect((await rag().search('handbook', { query: 'pangolin' })).passages).toEqual([]);
    await expect(rag().getDocument('handbook', id)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    expect(await rag().getCollection('handbook')).toMatchObject({ documents: before.documents, chunks: before.chunks });
    const again = { text: 'A pangolin walks by.', externalId: 'pangolin' };
    await expect(rag().addDocument('handbook', { ...again, restoreDeleted: false })).rejects.toMatchObject({ code: 'RESOURCE_DELETED' });
    expect(await rag().addDocument('handbook', again)).toMatchObject({ result: 'created' });
    expect(await rag().addDocument('handbook', { ...again, restoreDeleted: false })).toMatchObject({ result: 'unchanged' });
  });

  it('are listed newest first, in pages, and by external id', async () => {
    const page = await rag().listDocuments('handbook', { limit: 2 });
    expect(page).toMatchObject({ hasMore: true, lastId: page.data[1]!.id });
    const next = await rag().listDocuments('handbook', { limit: 2, after: page.lastId! });
    expect(next.data[0]!.id < page.data[1]!.id).toBe(true);
    expect((await rag().listDocuments('handbook', { externalId: 'guide.md' })).data).toMatchObject([{ title: 'Guide 🦉' }]);
    await expect(rag().listDocuments('handbook', { after: `doc_${'0'.repeat(32)}` })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('come as files too, with their metadata', async () => {
    const file = { name: 'notes.md', bytes: Buffer.from('# Über Eulen\r\n\r\nSie jagen nachts.'), metadata: { team: 'birds' }, externalId: 'notes.md' };
    const document = await harness().ingested('handbook', file);
    expect(document).toMatchObject({ mediaType: 'text/markdown', title: 'Über Eulen', metadata: { team: 'birds' } });
    expect(await rag().content('handbook', document.id)).toBe('# Über Eulen\n\nSie jagen nachts.');
    expect(Buffer.from(await rag().original('handbook', document.id))).toEqual(Buffer.from(file.bytes));
  });

  it('can be filtered by their metadata', async () => {
    for (const [externalId, metadata] of [['f1', { shelf: 'red', year: 2024, tags: ['a', 'b'] }], ['f2', { shelf: 'blue', year: 2026, tags: ['b'] }]] as const) {
      await harness().ingested('handbook', { text: `Filtered walrus ${externalId}`, externalId, metadata: { ...metadata, tags: [...metadata.tags] } });
    }
    const found = async (filter: object) => {
      const { passages } = await rag().search('handbook', { query: 'walrus', filter: filter as never });
      return passages.map(({ text }) => text.slice(-2)).sort();
    };
    expect(await found({ type: 'eq', key: 'shelf', value: 'red' })).toEqual(['f1']);
    expect(await found({ type: 'ne', key: 'shelf', value: 'red' })).toEqual(['f2']);
    expect(await found({ type: 'gte', key: 'year', value: 2025 })).toEqual(['f2']);
    expect(await found({ type: 'eq', key: 'tags', value: 'a' })).toEqual(['f1']);
    expect(await found({ type: 'or', filters: [{ type: 'in', key: 'year', value: [2024] }, { type: 'eq', key: 'shelf', value: 'blue' }] })).toEqual(['f1', 'f2']);
    expect(await found({ type: 'eq', key: "x' OR true --", value: 'red' })).toEqual([]);
  });
});
