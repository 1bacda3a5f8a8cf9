import 'reflect-metadata';
import { describeOnServer } from '@faas/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RagHarness } from '../../test/rag-harness';

const long = Array.from({ length: 200 }, (_, index) => `Owl number ${index} says something of its own. `.repeat(30)).join('\n\n');

function suite(databaseUrl?: string) {
  let folder: string;
  let harness: RagHarness;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rag-models-'));
  });
  afterEach(async () => {
    await harness.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The service on the same database, with another model. */
  async function start(model?: string) {
    harness = await RagHarness.start({ databaseUrl, variables: { DATA_DIR: folder, ...(model ? { EMBEDDING_MODEL: model } : {}) } });
    return harness;
  }

  it('embeds documents that come again once a model is configured, and only once', async () => {
    const { tenant } = await start();
    const before = harness.client(tenant);
    await before.putCollection('grown');
    const named = await harness.ingested('grown', { text: 'Nocturnal feathered animals.', title: 'Named', externalId: 'named' }, before);
    const nameless = await harness.ingested('grown', { text: 'A credential opens the door.' }, before);
    expect(await before.addDocument('grown', { text: 'A credential opens the door.' })).toMatchObject({ result: 'duplicate' });
    await harness.stop();

    const rag = (await start('fake/embedder')).client(tenant);
    const again = await rag.addDocument('grown', { text: 'Nocturnal feathered animals.', externalId: 'named' });
    expect(again).toMatchObject({ result: 'updated', document: { id: named.id }, job: { version: 2 } });
    await rag.finishedJob(again.job!.id);
    expect(await rag.getDocument('grown', named.id)).toMatchObject({ title: 'Named', version: 2 });
    expect(await rag.search('grown', { query: 'owl' })).toMatchObject({ mode: 'hybrid', exhaustive: false });
    const other = await rag.addDocument('grown', { text: 'A credential opens the door.' });
    expect(other).toMatchObject({ result: 'updated', document: { id: nameless.id } });
    await rag.finishedJob(other.job!.id);
    expect(await rag.search('grown', { query: 'owl' })).toMatchObject({ mode: 'hybrid', exhaustive: true });
    expect(await rag.addDocument('grown', { text: 'Nocturnal feathered animals.', externalId: 'named' })).toMatchObject({ result: 'unchanged', job: null });
    expect(await rag.addDocument('grown', { text: 'A credential opens the door.' })).toMatchObject({ result: 'duplicate', job: null });
  }, 60_000);

  it.each([['fake/other'], [undefined]])('starts a job over that was interrupted before the model became %s', async (model) => {
    const { tenant } = await start('fake/embedder');
    harness.gateway.delayMs = 200;
    const before = harness.client(tenant);
    await before.putCollection('changed');
    const { job } = await before.addDocument('changed', { text: long, externalId: 'long' });
    while ((await before.getJob(job!.id)).progress.done === 0) await sleep(20);
    expect((await before.getJob(job!.id)).status).toBe('running');
    await harness.stop();

    const rag = (await start(model)).client(tenant);
    const ended = await rag.finishedJob(job!.id);
    expect(ended).toMatchObject({ status: 'succeeded', progress: { done: ended.progress.total } });
    expect(harness.gateway.embeddings.reduce((sum, { input }) => sum + input.length, 0)).toBe(model ? ended.progress.total : 0);
    expect(await rag.search('changed', { query: 'owl' })).toMatchObject({ mode: model ? 'hybrid' : 'lexical', exhaustive: true });
    expect((await rag.getCollection('changed')).chunks).toBe(ended.progress.total);
  }, 60_000);
}

describe('a change of the embedding model, embedded database', () => suite());
describeOnServer('TEST_DATABASE_URL', 'a change of the embedding model, PostgreSQL', (url) => suite(url));
