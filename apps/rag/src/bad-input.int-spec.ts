import 'reflect-metadata';
import { describeService } from '../test/rag-harness';
import { samplePdf } from '../test/sample-pdf';

const unknownId = (prefix: string) => `${prefix}_${'0'.repeat(32)}`;

describeService('bad input', (harness) => {
  let documentId: string;
  beforeAll(async () => {
    await harness().client().putCollection('kept');
    ({ id: documentId } = await harness().ingested('kept', { text: 'An owl that stays.', externalId: 'kept.txt' }));
  });
  const state = async () => {
    const rag = harness().client();
    return { collections: (await rag.listCollections()).data, documents: (await rag.listDocuments('kept')).data, found: (await rag.search('kept', { query: 'owl' })).passages };
  };
  const refused = async (method: string, path: string, body: unknown, status: number, code: string, headers: Record<string, string> = {}) => {
    const before = await state();
    const response = await harness().fetch(path, { method, body: body === undefined ? undefined : typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body), headers });
    const { error } = (await response.json()) as { error: { code: string; message: string; requestId: string } };
    expect([response.status, error.code, error.message]).toEqual([status, code, expect.any(String)]);
    expect(error.message.length).toBeGreaterThan(10);
    expect(await state()).toEqual(before);
  };
  const documents = '/collections/kept/documents';

  it.each<[string, string, string, unknown, number, string]>([
    ['malformed JSON', 'POST', '/collections', '{"name":', 400, 'REQUEST_MALFORMED'],
    ['a name with capitals', 'POST', '/collections', { name: 'Not-A-Name' }, 400, 'REQUEST_INVALID'],
    ['an unknown field', 'POST', '/collections', { name: 'fine', colour: 'red' }, 400, 'REQUEST_INVALID'],
    ['a name that exists', 'POST', '/collections', { name: 'kept' }, 409, 'CONFLICT'],
    ['too much overlap', 'PUT', '/collections/kept', { settings: { chunkCharacters: 200, chunkOverlap: 150 } }, 400, 'REQUEST_INVALID'],
    ['another language for indexed documents', 'PATCH', '/collections/kept', { settings: { language: 'german' } }, 409, 'CONFLICT'],
    ['a title with NUL', 'PATCH', '/collections/kept', { title: 'a\u0000b' }, 400, 'REQUEST_INVALID'],
    ['an unknown collection', 'POST', '/collections/nowhere/search', { query: 'q' }, 404, 'COLLECTION_NOT_FOUND'],
    ['an unknown collection id', 'GET', `/collections/${unknownId('col')}`, undefined, 404, 'COLLECTION_NOT_FOUND'],
    ['an id that is none', 'GET', '/collections/col_xyz', undefined, 400, 'REQUEST_INVALID'],
    ['an unknown document', 'GET', `${documents}/${unknownId('doc')}`, undefined, 404, 'DOCUMENT_NOT_FOUND'],
    ['an unknown document to delete', 'DELETE', `${documents}/${unknownId('doc')}`, undefined, 404, 'DOCUMENT_NOT_FOUND'],
    ['an unknown job', 'GET', `/jobs/${unknownId('job')}`, undefined, 404, 'JOB_NOT_FOUND'],
    ['an unknown job to cancel', 'POST', `/jobs/${unknownId('job')}/cancel`, undefined, 404, 'JOB_NOT_FOUND'],
    ['a cursor that was tampered with', 'GET', `${documents}?after=doc_forged`, undefined, 400, 'CURSOR_INVALID'],
    ['a cursor of another list', 'GET', '/collections?after=doc_forged', undefined, 400, 'CURSOR_INVALID'],
    ['a limit out of range', 'GET', '/collections?limit=0', undefined, 400, 'REQUEST_INVALID'],
    ['an unknown query parameter', 'GET', '/collections?page=2', undefined, 400, 'REQUEST_INVALID'],
    ['neither text nor URL', 'POST', documents, { title: 'x' }, 400, 'REQUEST_INVALID'],
    ['text and URL', 'POST', documents, { text: 'x', url: 'https://example.org/' }, 400, 'REQUEST_INVALID'],
    ['a text of the wrong type', 'POST', documents, { text: 7 }, 400, 'REQUEST_INVALID'],
    ['a media type that is not read', 'POST', documents, { text: 'x', mediaType: 'image/png' }, 400, 'REQUEST_INVALID'],
    ['an empty document', 'POST', documents, { text: '' }, 422, 'DOCUMENT_EMPTY'],
    ['a document of white space', 'POST', documents, { text: ' \n\t', externalId: 'kept.txt' }, 422, 'DOCUMENT_EMPTY'],
    ['an empty page', 'POST', documents, { text: '<p> </p><script>x</script>', mediaType: 'text/html' }, 422, 'DOCUMENT_EMPTY'],
    ['metadata that no database keeps', 'POST', documents, { text: 'x', metadata: { a: '\ud800' } }, 400, 'REQUEST_INVALID'],
    ['nested metadata', 'POST', documents, { text: 'x', metadata: { a: { b: 1 } } }, 400, 'REQUEST_INVALID'],
    ['a URL of this machine', 'POST', documents, { url: 'http://127.0.0.1:80/secret' }, 422, 'URL_FORBIDDEN'],
    ['a URL of the metadata service', 'POST', documents, { url: 'http://169.254.169.254/latest/' }, 422, 'URL_FORBIDDEN'],
    ['a URL of another scheme', 'POST', documents, { url: 'file:///etc/passwd' }, 400, 'REQUEST_INVALID'],
    ['a body over the limit', 'POST', documents, { text: 'x'.repeat(5 * 1024 * 1024) }, 413, 'REQUEST_TOO_LARGE'],
    ['a question that is none', 'POST', '/collections/kept/search', { query: '' }, 400, 'REQUEST_INVALID'],
    ['too many passages', 'POST', '/collections/kept/search', { query: 'q', topK: 51 }, 400, 'REQUEST_INVALID'],
    ['an unknown mode', 'POST', '/collections/kept/search', { query: 'q', mode: 'magic' }, 400, 'REQUEST_INVALID'],
    ['a filter that is none', 'POST', '/collections/kept/search', { query: 'q', filter: { type: 'like', key: 'a', value: 'b' } }, 400, 'REQUEST_INVALID'],
    ['a question of the wrong type', 'POST', '/collections/kept/query', { query: ['q'] }, 400, 'REQUEST_INVALID'],
    ['an unknown route', 'GET', '/nowhere', undefined, 404, 'ROUTE_NOT_FOUND'],
  ])('refuses %s', async (_what, method, path, body, status, code) => refused(method, path, body, status, code));

  const form = (bytes: Uint8Array | string, name: string, type: string, fields: Record<string, string> = {}) => {
    const data = new FormData();
    for (const [field, value] of Object.entries(fields)) data.set(field, value);
    data.set('file', new Blob([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)], { type }), name);
    return data;
  };

  it('refuses forms where JSON is expected', async () => {
    const form = new FormData();
    form.set('name', 'formed');
    const multipart = await harness().fetch('/collections', { method: 'POST', body: form });
    const urlencoded = await harness().fetch('/collections', { method: 'POST', body: new URLSearchParams({ name: 'formed' }) });
    expect([multipart.status, urlencoded.status]).toEqual([415, 415]);
  });

  it('refuses PDFs that cannot be read, each for its reason', async () => {
    const good = await samplePdf(['An owl.']);
    await refused('POST', documents, form(good.slice(0, 300), 'cut.pdf', 'application/pdf'), 422, 'DOCUMENT_UNREADABLE');
    await refused('POST', documents, form('no pdf at all', 'fake.pdf', 'application/pdf'), 422, 'DOCUMENT_UNREADABLE');
    await refused('POST', documents, form(await samplePdf(['secret'], { userPassword: 'p' }), 'locked.pdf', 'application/pdf'), 422, 'DOCUMENT_ENCRYPTED');
    await refused('POST', documents, form(await samplePdf(['']), 'blank.pdf', 'application/pdf'), 422, 'DOCUMENT_EMPTY');
  });

  it('refuses files and forms that are wrong', async () => {
    await refused('POST', documents, form(Uint8Array.from([0x89, 0x50, 0x4e, 0x47]), 'image.png', 'image/png'), 415, 'MEDIA_TYPE_UNSUPPORTED');
    await refused('POST', documents, form(Uint8Array.from({ length: 64 }, (_, index) => index % 8), 'data.bin', 'application/octet-stream'), 422, 'DOCUMENT_UNREADABLE');
    await refused('POST', documents, form('text', 'a.txt', 'text/plain', { metadata: '{broken' }), 400, 'REQUEST_INVALID');
    await refused('POST', documents, form('text', 'a.txt', 'text/plain', { colour: 'red' }), 400, 'REQUEST_INVALID');
    await refused('POST', documents, form('', 'empty.txt', 'text/plain'), 422, 'DOCUMENT_EMPTY');
    await refused('POST', documents, form('x'.repeat(4 * 1024 * 1024 + 1), 'large.txt', 'text/plain'), 413, 'REQUEST_TOO_LARGE');
    await refused('POST', documents, '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut', 400, 'REQUEST_MALFORMED', { 'content-type': 'multipart/form-data; boundary=x' });
    await refused('POST', documents, 'a=b', 415, 'MEDIA_TYPE_UNSUPPORTED', { 'content-type': 'application/x-unknown' });
  });

  it('answers the same upload with the same Idempotency-Key once, and another with 409', async () => {
    const post = (text: string) => harness().fetch(documents, { method: 'POST', body: JSON.stringify({ text }), headers: { 'idempotency-key': 'upload-1' } });
    const first = (await (await post('Sent twice.')).json()) as { document: { id: string } };
    expect(await (await post('Sent twice.')).json()).toEqual(first);
    const other = await post('Something else.');
    expect([other.status, ((await other.json()) as { error: { code: string } }).error.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('shows nothing of one tenant to another', async () => {
    const stranger = harness().client(harness().otherTenant);
    await expect(stranger.getDocument('kept', documentId)).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
    await stranger.putCollection('kept');
    await expect(stranger.getDocument('kept', documentId)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(stranger.content('kept', documentId)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await harness().ingested('kept', { text: 'A parrot of the stranger.', externalId: 'kept.txt' }, stranger);
    expect((await stranger.search('kept', { query: 'owl parrot' })).passages.map(({ text }) => text)).toEqual(['A parrot of the stranger.']);
    expect((await harness().client().search('kept', { query: 'parrot' })).passages).toEqual([]);
    await stranger.deleteCollection('kept');
    expect((await harness().client().search('kept', { query: 'owl' })).passages).toHaveLength(1);
  });
});
