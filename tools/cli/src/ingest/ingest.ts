import { readFile } from 'node:fs/promises';
import { AppError } from '@faas/errors';
import type { RagClient } from '@faas/rag-client';
import type { AcceptedDocument } from '@faas/rag-contract';
import { finishedJob } from '../finished-job';
import { inParallel } from '../in-parallel';
import type { Source } from './sources';

const atOnce = 4;
/** Codes that would refuse every further document too. */
const hopeless = ['CREDENTIAL_MISSING', 'CREDENTIAL_INVALID', 'CREDENTIAL_EXPIRED', 'CREDENTIAL_REVOKED', 'SCOPE_MISSING', 'SERVICE_UNAVAILABLE', 'COLLECTION_NOT_FOUND'] as const;

export interface IngestSummary {
  readonly counts: Record<AcceptedDocument['result'], number>;
  readonly failures: { readonly name: string; readonly message: string }[];
}

/**
 * Uploads all sources and waits until each is searchable; one that fails does not stop the others.
 *
 * @throws AppError what would refuse every document: a credential, a scope, a service out of reach.
 */
export async function ingest(rag: RagClient, collection: string, sources: readonly Source[], onDone: (name: string) => void): Promise<IngestSummary> {
  const counts = { created: 0, updated: 0, unchanged: 0, duplicate: 0 };
  const failures: { name: string; message: string }[] = [];
  await inParallel(sources, atOnce, async (source) => {
    try {
      const { job, result } = await upload(rag, collection, source);
      if (job) await finishedJob(rag, job.id);
      counts[result]++;
    } catch (error) {
      if (!AppError.is(error) || hopeless.some((code) => code === error.code)) throw error;
      failures.push({ name: source.name, message: error.message });
    }
    onDone(source.name);
  });
  return { counts, failures };
}

async function upload(rag: RagClient, collection: string, source: Source): Promise<AcceptedDocument> {
  if (source.kind === 'url') return rag.addDocument(collection, { url: source.url });
  const bytes = await readFile(source.path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('DOCUMENT_UNREADABLE', `The file cannot be read (${cause.code ?? cause.message}).`, { cause });
  });
  return rag.addFile(collection, { name: source.name.split('/').at(-1) ?? source.name, bytes, type: source.mediaType, externalId: source.name });
}
