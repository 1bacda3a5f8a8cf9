import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeService } from '../../test/rag-harness';
import { samplePdf } from '../../test/sample-pdf';

const long = (word: string) => Array.from({ length: 400 }, (_, index) => `${word} number ${index} says something of its own. `.repeat(30)).join('\n\n');

describeService(
  'ingestion',
  (harness) => {
    const rag = () => harness().client();
    beforeAll(() => rag().putCollection('library'));

    it('reads HTML and PDF, with passages at their offsets in the extracted text', async () => {
      const page = '<html><head><title>Birds</title></head><body><nav>Menu</nav><main><h1>Owls</h1><p>The owl hunts at <b>night</b>.</p></main></body></html>';
      const html = await harness().ingested('library', { name: 'birds.html', bytes: Buffer.from(page), type: 'text/html', externalId: 'birds' });
      expect(html).toMatchObject({ mediaType: 'text/html', title: 'Birds' });
      expect(await rag().content('library', html.id)).toBe('Owls\n\nThe owl hunts at night.');
      const pdf = await harness().ingested('library', { name: 'falcon.pdf', bytes: await samplePdf(['The falcon dives fast.', 'It lands slowly.']), externalId: 'falcon' });
      const content = await rag().content('library', pdf.id);
      const { passages } = await rag().search('library', { query: 'falcon', mode: 'lexical' });
      expect(passages).toMatchObject([{ documentId: pdf.id, title: 'falcon.pdf', headingPath: ['Page 1'], text: 'The falcon dives fast.\n\nIt lands slowly.' }]);
      for (const { start, end, text } of passages) expect([...content].slice(start, end).join('')).toBe(text);
    });

    it('is cancelled while it runs, and the version before stays searchable', async () => {
      await harness().ingested('library', { text: 'The heron waits.', externalId: 'heron' });
      harness().gateway.delayMs = 100;
      const { job } = await rag().addDocument('library', { text: long('stork'), externalId: 'heron' });
      const ended = rag().finishedJob(job!.id);
      await sleep(150);
      expect(await rag().cancelJob(job!.id)).toMatchObject({ status: 'cancelled' });
      expect(await ended).toMatchObject({ status: 'cancelled', finishedAt: expect.any(String) });
      expect((await rag().listDocuments('library', { externalId: 'heron' })).data).toMatchObject([{ status: 'cancelled', version: 1 }]);
      await sleep(300);
      expect((await rag().search('library', { query: 'stork', mode: 'lexical' })).passages).toEqual([]);
      expect((await rag().search('library', { query: 'heron', mode: 'lexical' })).passages).toHaveLength(1);
      harness().gateway.delayMs = 0;
      expect(await rag().addDocument('library', { text: long('stork'), externalId: 'heron' })).toMatchObject({ result: 'updated', job: { status: 'queued' } });
    });

    it('keeps the error on the job and ends it, when a model refuses for good', async () => {
      harness().gateway.failWith = 400;
      const { job, document } = await rag().addDocument('library', { text: 'The crane dances.', externalId: 'crane' });
      expect(await rag().finishedJob(job!.id)).toMatchObject({ status: 'failed', error: { code: expect.any(String), message: expect.any(String) } });
      expect(await rag().getDocument('library', document.id)).toMatchObject({ status: 'failed', version: null });
      harness().gateway.failWith = undefined;
      const again = await harness().ingested('library', { text: 'The crane dances.', externalId: 'crane' });
      expect(again).toMatchObject({ id: document.id, status: 'ready', version: 2 });
    });

    it('gives way to a newer upload of the same document', async () => {
      harness().gateway.delayMs = 100;
      const old = await rag().addDocument('library', { text: long('pelican'), externalId: 'race' });
      harness().gateway.delayMs = 0;
      const fresh = await harness().ingested('library', { text: 'The puffin digs.', externalId: 'race' });
      expect(fresh).toMatchObject({ id: old.document.id, status: 'ready', version: 2, chunks: 1 });
      expect(await rag().getJob(old.job!.id)).toMatchObject({ status: 'cancelled' });
      await sleep(300);
      expect((await rag().search('library', { query: 'pelican', mode: 'lexical' })).passages).toEqual([]);
    });

    it('ends quietly when its document is deleted meanwhile', async () => {
      harness().gateway.delayMs = 100;
      const { job, document } = await rag().addDocument('library', { text: long('ibis'), externalId: 'ibis' });
      await sleep(100);
      await rag().deleteDocument('library', document.id);
      await expect(rag().getJob(job!.id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      await sleep(300);
      expect((await rag().search('library', { query: 'ibis', mode: 'lexical' })).passages).toEqual([]);
    });

    it('stops when its collection is deleted, which leaves nothing', async () => {
      await rag().putCollection('passing');
      const { job } = await rag().addDocument('passing', { text: long('avocet'), externalId: 'avocet' });
      await rag().deleteCollection('passing');
      await expect(rag().getJob(job!.id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      await expect(rag().putCollection('passing', { restoreDeleted: false })).rejects.toMatchObject({ code: 'RESOURCE_DELETED' });
      expect(await rag().putCollection('passing')).toMatchObject({ documents: 0, chunks: 0 });
    });
  },
  { EMBEDDING_MODEL: 'fake/embedder' },
);
