import 'reflect-metadata';
import { describeOnServer } from '@faas/testing';
import { Client } from 'pg';
import { RagHarness } from '../../test/rag-harness';

/** Only a server runs transactions at the same time: the embedded database has one connection. */
describeOnServer('TEST_DATABASE_URL', 'deletions beside uploads', (databaseUrl) => {
  const TEXT = 'A version that is large enough to take a while. '.repeat(20_000);
  let harness: RagHarness;
  let sql: Client;
  beforeAll(async () => {
    harness = await RagHarness.start({ databaseUrl });
    sql = new Client({ connectionString: databaseUrl });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await harness.stop();
  });

  /** Originals of the tenant that no version refers to. */
  async function orphans(): Promise<number> {
    const { rows } = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM rag.blob WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM rag.document_version version WHERE version.blob = blob.id::text)',
      [harness.tenant],
    );
    return rows[0]?.count ?? -1;
  }

  it.each(['document', 'collection'])('leave no original behind when a %s is deleted', async (what) => {
    const rag = harness.client();
    for (let round = 0; round < 12; round += 1) {
      const name = `race-${what}-${round}`;
      await rag.putCollection(name);
      const { document } = await rag.addDocument(name, { text: 'The first version.', externalId: 'raced' });
      const uploads = [1, 2, 3].map((version) => rag.addDocument(name, { text: `${version} ${TEXT}`, externalId: 'raced', restoreDeleted: true }));
      const deletion = what === 'document' ? rag.deleteDocument(name, document.id) : rag.deleteCollection(name);
      const settled = await Promise.allSettled(uploads);
      await deletion;
      const refusals = settled.flatMap((upload) => (upload.status === 'rejected' ? [(upload.reason as { code: string }).code] : []));
      expect(refusals.filter((code) => !['COLLECTION_NOT_FOUND', 'CONFLICT'].includes(code))).toEqual([]);
    }
    expect(await orphans()).toBe(0);
  }, 120_000);
});
