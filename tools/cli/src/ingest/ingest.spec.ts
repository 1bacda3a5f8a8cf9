import { AppError } from '@faas/errors';
import type { RagClient } from '@faas/rag-client';
import { Patience } from '../patience';
import { ingest, IngestSummary } from './ingest';
import type { Source } from './sources';

const sources = ['a', 'b', 'c', 'd', 'e', 'f'].map((name): Source => ({ kind: 'url', name, url: `https://example.org/${name}` }));
const accepted = { job: null, result: 'created' };

function ragThat(addDocument: (url: string) => unknown): RagClient {
  return { putCollection: async () => ({}), addDocument: async (_collection: string, { url }: { url: string }) => addDocument(url) } as unknown as RagClient;
}

describe('ingest', () => {
  let said: string[];
  let summary: IngestSummary;
  const away = () => new AppError('SERVICE_UNAVAILABLE', 'The rag service does not answer.');
  const run = (rag: RagClient, totalMs = 60_000) =>
    ingest(rag, 'documents', sources, { summary, patience: new Patience({ totalMs, pauseMs: 5, say: (line) => said.push(line) }), onDone: () => undefined });

  beforeEach(() => {
    said = [];
    summary = new IngestSummary(sources.length);
  });

  it('waits out a service that is away for a moment, says so once and sends everything', async () => {
    let calls = 0;
    await run(ragThat(() => {
      if (++calls <= 6) throw away();
      return accepted;
    }));
    expect(summary).toMatchObject({ counts: { created: 6 }, failures: [], notSent: 0 });
    expect(said).toEqual(['The rag service does not answer. Waiting up to 60 s …']);
  });

  it('stops when the service stays away, and counts what was not sent', async () => {
    await run(ragThat((url) => {
      if (url.endsWith('/a')) return accepted;
      throw away();
    }), 20);
    expect(summary.counts.created).toBe(1);
    expect(summary.failures.length).toBeGreaterThan(0);
    expect(summary.failures.length + summary.notSent).toBe(5);
  });

  it('goes on after a document that is refused, without waiting', async () => {
    await run(ragThat((url) => {
      if (url.endsWith('/b')) throw new AppError('URL_UNREACHABLE', 'Not found.');
      return accepted;
    }));
    expect(summary).toMatchObject({ counts: { created: 5 }, failures: [{ name: 'b', message: 'Not found.' }], notSent: 0 });
    expect(said).toEqual([]);
  });

  it('sends nothing more once the credential is refused', async () => {
    await run(ragThat(() => {
      throw new AppError('CREDENTIAL_EXPIRED', 'Expired.');
    }));
    expect(summary.failures.length).toBeLessThanOrEqual(4);
    expect(summary.notSent).toBeGreaterThanOrEqual(2);
  });
});
