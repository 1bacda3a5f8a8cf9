import { BlobStore, Database, Outbox, WorkQueue, type ClaimedWork, type WorkHandler } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { codePointLength } from '@faas/rag-contract';
import { setImmediate } from 'node:timers/promises';
import type { Chunk } from '../chunking/chunk';
import { chunkDocument } from '../chunking/chunker';
import { CollectionEntity } from '../database/collection.entity';
import type { DocumentVersionEntity } from '../database/document-version.entity';
import type { DocumentEntity } from '../database/document.entity';
import type { JobEntity } from '../database/job.entity';
import { documentEvent } from '../documents/document-event';
import { DocumentStore } from '../documents/document.store';
import { FormatRegistry } from '../formats/format-registry';
import { LexicalIndex, type IndexedVersion } from '../search/lexical-index.port';
import { VectorIndexing } from '../search/vector-indexing';
import { ChunkStore } from './chunk.store';
import { JobStore } from './job.store';
import { searchableText } from './searchable-text';

/** Chunks per transaction: what a crash costs at most. */
const BATCH = 32;

interface Task {
  readonly work: ClaimedWork;
  readonly job: JobEntity;
  readonly document: DocumentEntity;
  readonly collection: CollectionEntity;
  readonly version: DocumentVersionEntity;
}

/**
 * Reads a document, cuts it and puts it into the index, batch by batch. Reading and cutting are deterministic, so a job that
 * was interrupted goes on after its last batch, or from the start when the embedding model has changed meanwhile. Nothing is visible until the last transaction, which publishes the version,
 * ends the job and completes the work at once.
 */
export class IngestionHandler implements WorkHandler {
  constructor(
    private readonly database: Database,
    private readonly queue: WorkQueue,
    private readonly outbox: Outbox,
    private readonly jobs: JobStore,
    private readonly documents: DocumentStore,
    private readonly chunks: ChunkStore,
    private readonly index: LexicalIndex,
    private readonly vectors: VectorIndexing,
    private readonly blobs: BlobStore,
    private readonly formats: FormatRegistry,
    private readonly logger: Logger,
  ) {}

  async run(work: ClaimedWork, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const task = await this.begin(work);
    if (!task) return;
    const { job, version, collection } = task;
    const bytes = await this.database.inTenant(() => this.blobs.read(version.blob));
    const document = await this.formats.get(version.mediaType).read({ bytes, charset: version.charset ?? undefined });
    const chunks = chunkDocument(document, collection);
    const title = version.title ?? document.title?.slice(0, 500) ?? titleOf(task.document, document.text);
    let done = 0;
    const prepared = await this.change(task, async (current) => {
      await this.documents.keepContent(version.documentKey, version.version, document.text, codePointLength(document.text));
      done = current.done;
      if (!(await this.vectors.isUniform(placeOf(task)))) {
        await this.chunks.clear(version.documentKey, version.version);
        done = 0;
      }
      await this.jobs.update(job.id, { done, total: chunks.length });
    });
    if (!prepared) return;
    for (let from = done; from < chunks.length; ) {
      signal.throwIfAborted();
      const next = await this.store(task, title, chunks, from);
      if (next === undefined) return;
      from = next;
      // Requests that wait come first: with the embedded database a batch keeps this thread busy.
      await setImmediate();
    }
    if (await this.publish(task, title)) {
      this.logger.info('ingestion.finished', { job: job.id, document: task.document.id, version: version.version, chunks: chunks.length, durationMs: Math.round(performance.now() - startedAt) });
    }
  }

  /** The error stays on the job; what was searchable stays so. */
  async giveUp(work: ClaimedWork, { code, message }: AppError): Promise<void> {
    await this.database.inTenant(async () => {
      await this.queue.complete(work);
      const found = await this.jobs.find(work.ref);
      const document = found && (await this.documents.lock(found.documentKey));
      const job = await this.jobs.lockOpen(work.ref);
      if (!document || !job) return;
      await this.jobs.end(job, 'failed', { code, message });
      if (document.latestVersion === job.version) await this.documents.update(document.key, { status: 'failed' });
    });
  }

  /** Undefined when there is nothing to do any more: deleted, cancelled or done. */
  private begin(work: ClaimedWork): Promise<Task | undefined> {
    return this.database.inTenant(async () => {
      const found = await this.jobs.find(work.ref);
      const document = found && (await this.documents.lock(found.documentKey));
      const job = await this.jobs.lockOpen(work.ref);
      if (!document || !job) {
        await this.queue.complete(work);
        return undefined;
      }
      await this.jobs.update(job.id, { status: 'running' });
      const collection = await this.database.manager.findOneByOrFail(CollectionEntity, { key: document.collectionKey });
      return { work, job, document, collection, version: await this.documents.version(document.key, job.version) };
    });
  }

  /** One checkpoint. @returns where to go on; undefined when the job has ended meanwhile. */
  private async store(task: Task, title: string, chunks: readonly Chunk[], from: number): Promise<number | undefined> {
    const { collection, job } = task;
    const batch = chunks.slice(from, from + BATCH);
    const texts = batch.map((chunk) => searchableText(title, chunk));
    const vectors = await this.vectors.embed(texts);
    let next = from;
    const open = await this.change(task, async ({ done }) => {
      next = done;
      // Another process was here in the meantime: go on where it stopped.
      if (done !== from) return;
      const place = placeOf(task);
      await this.chunks.add(place.documentKey, place.version, batch);
      await this.index.stage(collection, place, batch.map(({ ordinal }, position) => ({ ordinal, searchable: texts[position] ?? '' })));
      if (vectors) await this.vectors.store(place, batch, vectors);
      next = from + batch.length;
      await this.jobs.update(job.id, { done: next });
    });
    return open ? next : undefined;
  }

  private publish(task: Task, title: string): Promise<boolean> {
    const { work, job, version, collection } = task;
    return this.database.inTenant(async () => {
      await this.queue.complete(work);
      // The same order of locks everywhere: collection, document, job.
      await this.database.manager.query('SELECT key FROM rag.collection WHERE key = $1 FOR NO KEY UPDATE', [collection.key]);
      const document = await this.documents.lock(version.documentKey);
      if (!document || !(await this.jobs.lockOpen(job.id))) return false;
      // A process of another configuration may have had this job in between.
      if (!(await this.vectors.isUniform(placeOf(task)))) throw new AppError('CONFLICT', 'The embedding model changed while the document was ingested.', { retryable: true });
      await this.index.publish({ collectionKey: collection.key, documentKey: document.key, version: version.version });
      await this.blobs.delete(await this.documents.prune(document.key, version.version));
      const { characters } = await this.documents.version(document.key, version.version);
      await this.documents.update(document.key, { title, characters, ...(document.latestVersion === version.version ? { status: 'ready' } : {}) });
      await this.jobs.end(job, 'succeeded');
      await this.outbox.append(documentEvent('indexed', { collectionId: collection.id, documentId: document.id, version: version.version }));
      return true;
    });
  }

  /** A change of a job that is still open; false, with the work given up, when it is not. */
  private change({ work, job, version, collection }: Task, write: (job: JobEntity) => Promise<void>): Promise<boolean> {
    return this.database.inTenant(async () => {
      // Before the document: a first vector makes a row that refers to the collection.
      await this.database.manager.query('SELECT key FROM rag.collection WHERE key = $1 FOR KEY SHARE', [collection.key]);
      const document = await this.documents.lock(version.documentKey);
      const current = document && (await this.jobs.lockOpen(job.id));
      if (current) await write(current);
      else await this.queue.complete(work);
      return Boolean(current);
    });
  }
}

function placeOf({ collection, version }: Task): IndexedVersion {
  return { collectionKey: collection.key, documentKey: version.documentKey, version: version.version };
}

/** Where neither caller nor document name it: the file's name, else its first line. */
function titleOf({ title, externalId }: DocumentEntity, text: string): string {
  if (title !== 'Untitled') return title;
  const line = text.trimStart().split('\n', 1)[0]?.replace(/^#+\s*/u, '').trim() ?? '';
  return externalId?.slice(0, 500) ?? (line === '' ? title : [...line].slice(0, 80).join(''));
}
