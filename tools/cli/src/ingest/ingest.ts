import { readFile } from 'node:fs/promises';
import { AppError } from '@faas/errors';
import type { RagClient } from '@faas/rag-client';
import type { AcceptedDocument } from '@faas/rag-contract';
import { finishedJob } from '../finished-job';
import { inParallel } from '../in-parallel';
import { isOutage, type Patience } from '../patience';
import type { Source } from './sources';

const atOnce = 4;
/** Codes that would refuse every further document too. */
const hopeless = ['CREDENTIAL_MISSING', 'CREDENTIAL_INVALID', 'CREDENTIAL_EXPIRED', 'CREDENTIAL_REVOKED', 'SCOPE_MISSING', 'SERVICE_UNAVAILABLE', 'COLLECTION_NOT_FOUND'] as const;

/** What became of the sources; it grows while they are ingested. */
export class IngestSummary {
  readonly counts: Record<AcceptedDocument['result'], number> = { created: 0, updated: 0, unchanged: 0, duplicate: 0 };
  readonly failures: { readonly name: string; readonly message: string }[] = [];

  constructor(private readonly total: number) {}

  /** Sources that were neither taken nor refused. */
  get notSent(): number {
    return Object.values(this.counts).reduce((left, count) => left - count, this.total - this.failures.length);
  }
}

export interface IngestOptions {
  /** Is right about everything done so far, however this ends. */
  readonly summary: IngestSummary;
  readonly patience: Patience;
  readonly onDone: (name: string) => void;
}

/**
 * Uploads all sources and waits until each is searchable; one that fails does not stop the others. What would refuse every
 * document stops the rest: a credential, a scope, a service that stays away longer than the patience lasts.
 *
 * @throws AppError when the collection cannot be had.
 */
export async function ingest(rag: RagClient, collection: string, sources: readonly Source[], { summary, patience, onDone }: IngestOptions): Promise<void> {
  await patience.through(() => rag.putCollection(collection));
  let stopped = false;
  await inParallel(sources, atOnce, async (source) => {
    if (stopped) return;
    try {
      const { job, result } = await patience.through(() => upload(rag, collection, source));
      if (job) await patience.through(() => finishedJob(rag, job.id));
      summary.counts[result]++;
    } catch (error) {
      summary.failures.push({ name: source.name, message: error instanceof Error ? error.message : String(error) });
      if (!AppError.is(error)) throw error;
      stopped ||= hopeless.some((code) => code === error.code) || isOutage(error);
    }
    onDone(source.name);
  });
}

async function upload(rag: RagClient, collection: string, source: Source): Promise<AcceptedDocument> {
  if (source.kind === 'url') return rag.addDocument(collection, { url: source.url });
  const bytes = await readFile(source.path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('DOCUMENT_UNREADABLE', `The file cannot be read (${cause.code ?? cause.message}).`, { cause });
  });
  return rag.addFile(collection, { name: source.name.split('/').at(-1) ?? source.name, bytes, type: source.mediaType, externalId: source.name });
}
