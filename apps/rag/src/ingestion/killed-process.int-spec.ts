import 'reflect-metadata';
import { startHttp, type RunningService } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { RagClient } from '@faas/rag-client';
import { sliceByCodePoints } from '@faas/rag-contract';
import { describeOnServer } from '@faas/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientFor, SERVICE_SECRET } from '../../test/rag-harness';
import { buildService, ServiceProcess } from '../../test/service-process';
import { ragService } from '../rag.service-definition';

const SECTIONS = 1_200;
const text = Array.from({ length: SECTIONS }, (_, index) => `# Section ${index}\n\nThe unique word here is marker${index}x. ${'Some filler that makes the section long enough. '.repeat(22)}`).join('\n\n');

let folder: string;
let bundle: Awaited<ReturnType<typeof buildService>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rag-killed-'));
  bundle = await buildService();
});
afterAll(async () => {
  await bundle.remove();
  await rm(folder, { recursive: true, force: true });
});

function suite(databaseUrl?: string) {
  it('goes on after its last batch: nothing is lost, nothing is there twice', async () => {
    const environment = { SERVICE_PORT: 0, LOG_LEVEL: 'error', DATA_DIR: folder, SERVICE_SECRET, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
    const tenant = `killed-${Math.random().toString(36).slice(2, 8)}`;
    const killed = await ServiceProcess.start(bundle.file, environment);
    const before = clientFor(tenant, killed.url);
    let restarted: RunningService | undefined;
    try {
      const first = new RagClient(before);
      await first.putCollection('long');
      const { job, document } = await first.addDocument('long', { text, mediaType: 'text/markdown', externalId: 'long.md' });
      for (;;) {
        const { progress, status } = await first.getJob(job!.id);
        expect(status).not.toBe('succeeded');
        if (progress.done > 0) break;
      }
      await killed.kill();

      restarted = await startHttp(ragService, { environment: {}, overrides: environment, openEmbedded: openEmbeddedPostgres });
      const after = clientFor(tenant, restarted.url);
      const rag = new RagClient(after);
      const atRestart = await rag.getJob(job!.id);
      expect(atRestart.progress.done).toBeGreaterThan(0);
      expect(atRestart.status).toBe('running');
      expect((await rag.getCollection('long')).chunks).toBe(0);
      const ended = await rag.finishedJob(job!.id);
      expect(ended).toMatchObject({ status: 'succeeded', progress: { done: ended.progress.total } });
      expect(await rag.getDocument('long', document.id)).toMatchObject({ status: 'ready', version: 1, chunks: ended.progress.total });
      expect(await rag.getCollection('long')).toMatchObject({ documents: 1, chunks: ended.progress.total });
      for (const section of [0, 17, SECTIONS / 2, SECTIONS - 1]) {
        const { passages } = await rag.search('long', { query: `marker${section}x` });
        expect(passages).toHaveLength(1);
        expect(sliceByCodePoints(text, passages[0]!.start, passages[0]!.end)).toBe(passages[0]!.text);
      }
      await after.close();
    } finally {
      await killed.kill();
      await restarted?.close();
      await before.close();
    }
  }, 120_000);
}

describe('an ingestion whose process was killed, embedded database', () => suite());
describeOnServer('TEST_DATABASE_URL', 'an ingestion whose process was killed, PostgreSQL', (url) => suite(url));
