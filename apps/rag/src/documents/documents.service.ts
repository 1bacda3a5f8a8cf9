import { newId, type Page } from '@faas/api';
import { BlobStore, Database, Outbox, WorkQueue } from '@faas/database';
import { AppError } from '@faas/errors';
import type { AcceptedDocument, Document, DocumentPageQuery } from '@faas/rag-contract';
import { createHash } from 'node:crypto';
import { CollectionStore } from '../collections/collection.store';
import type { CollectionEntity } from '../database/collection.entity';
import type { DocumentEntity } from '../database/document.entity';
import { documentEvent } from './document-event';
import { FormatRegistry } from '../formats/format-registry';
import { INGESTION } from '../ingestion/ingestion-work';
import { JobStore } from '../ingestion/job.store';
import { toJob } from '../ingestion/to-job';
import { LexicalIndex } from '../search/lexical-index.port';
import { VectorIndexing } from '../search/vector-indexing';
import { DocumentStore } from './document.store';
import { toDocument } from './to-document';
import type { Upload } from './upload';
import type { UploadBody } from './upload-body';
import { UploadReader } from './upload-reader';

export interface DocumentContent {
  readonly text: string;
  readonly version: number;
}

export interface DocumentOriginal {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly charset: string | null;
}

export class DocumentsService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionStore,
    private readonly documents: DocumentStore,
    private readonly jobs: JobStore,
    private readonly index: LexicalIndex,
    private readonly vectors: VectorIndexing,
    private readonly blobs: BlobStore,
    private readonly queue: WorkQueue,
    private readonly outbox: Outbox,
    private readonly formats: FormatRegistry,
    private readonly reader: UploadReader,
    /** Tells a worker that there is work. */
    private readonly wake: () => void,
  ) {}

  /** Accepts an upload. What cannot be read is refused here, before anything has changed. */
  async add(reference: string, body: UploadBody): Promise<AcceptedDocument> {
    const collection = await this.collections.get(reference);
    const upload = await this.reader.read(body);
    const contentHash = createHash('sha256').update(upload.bytes).digest('hex');
    const known = await this.recognise(collection, upload, contentHash);
    if (known) return known;
    await this.formats.get(upload.mediaType).check(upload);
    const accepted = await this.database.inTenant(async () => (await this.recognise(collection, upload, contentHash)) ?? this.accept(collection, upload, contentHash));
    if (accepted.job) this.wake();
    return accepted;
  }

  async get(reference: string, id: string): Promise<Document> {
    const collection = await this.collections.get(reference);
    return toDocument(await this.documents.get(collection.key, id), collection);
  }

  async list(reference: string, query: DocumentPageQuery): Promise<Page<Document>> {
    const collection = await this.collections.get(reference);
    const page = await this.documents.list(collection.key, query);
    return { ...page, data: page.data.map((document) => toDocument(document, collection)) };
  }

  content(reference: string, id: string, version: number | undefined): Promise<DocumentContent> {
    return this.database.inTenant(async () => {
      const document = await this.documents.get((await this.collections.get(reference)).key, id);
      const wanted = version ?? document.version;
      if (wanted === null) throw new AppError('CONFLICT', `The document has no text yet: its status is "${document.status}".`, { retryable: document.status === 'processing' });
      const { content } = await this.documents.version(document.key, wanted);
      if (content === null) throw new AppError('CONFLICT', `Version ${wanted} has no text: it was not ingested to the end.`);
      return { text: content, version: wanted };
    });
  }

  original(reference: string, id: string, version: number | undefined): Promise<DocumentOriginal> {
    return this.database.inTenant(async () => {
      const document = await this.documents.get((await this.collections.get(reference)).key, id);
      const { blob, mediaType, charset } = await this.documents.version(document.key, version ?? document.version ?? document.latestVersion);
      return { bytes: await this.blobs.read(blob), mediaType, charset };
    });
  }

  delete(reference: string, id: string): Promise<void> {
    return this.database.inTenant(async () => {
      const collection = await this.collections.get(reference);
      const found = await this.documents.get(collection.key, id);
      await this.index.remove({ collectionKey: collection.key, documentKey: found.key });
      // Read again: a publication that held the collection's lock may have changed it meanwhile.
      const document = await this.documents.get(collection.key, id);
      await this.blobs.delete(await this.documents.delete(document));
      await this.outbox.append(documentEvent('deleted', { collectionId: collection.id, documentId: document.id }));
    });
  }

  /** An upload that asks for no work: the same again, or the same under no name. */
  private recognise(collection: CollectionEntity, { externalId, title, mediaType, charset, metadata, restoreDeleted }: Upload, contentHash: string): Promise<AcceptedDocument | undefined> {
    return this.database.inTenant(async () => {
      const document = await (externalId === undefined ? this.documents.findByContent(collection.key, contentHash) : this.documents.findByExternalId(collection.key, externalId));
      if (!document) {
        if (externalId !== undefined && !restoreDeleted && (await this.documents.wasDeleted(collection.key, externalId))) {
          throw new AppError('RESOURCE_DELETED', `The document "${externalId}" was deleted. Send "restoreDeleted": true to bring it back.`);
        }
        return undefined;
      }
      if (document.contentHash !== contentHash || document.status === 'failed' || document.status === 'cancelled') return undefined;
      const version = await this.documents.version(document.key, document.latestVersion);
      const corrected = mediaType !== version.mediaType || (charset !== undefined && charset !== (version.charset ?? 'utf-8')) || (title !== undefined && title !== version.title);
      if (externalId !== undefined && corrected) return undefined;
      // Ingested before the embedding model was configured: the same bytes are work after all. A named document does not take it from an upload without a name.
      if ((externalId !== undefined || document.externalId === null) && (await this.lacksVectors(document))) return undefined;
      const job = document.status === 'processing' ? await this.jobs.newestOf(document.key) : null;
      const answer = (result: AcceptedDocument['result'], shown: DocumentEntity) => ({ document: toDocument(shown, collection), job: job && toJob(job, shown), result });
      if (externalId === undefined) return answer('duplicate', document);
      if (metadata === undefined || sameFields(metadata, document.metadata)) return answer('unchanged', document);
      await this.documents.update(document.key, { metadata: metadata as object });
      return answer('updated', await this.documents.get(collection.key, document.id));
    });
  }

  private async lacksVectors({ status, collectionKey, key, version }: DocumentEntity): Promise<boolean> {
    return status === 'ready' && version !== null && !(await this.vectors.isComplete({ collectionKey, documentKey: key, version }));
  }

  /** A new document or version, its original and the work to index it: all of it or nothing. */
  private async accept(collection: CollectionEntity, upload: Upload, contentHash: string): Promise<AcceptedDocument> {
    const { externalId, mediaType, bytes } = upload;
    await this.collections.hold(collection);
    const name = upload.title ?? upload.name ?? externalId?.slice(0, 500) ?? 'Untitled';
    const created = await this.documents.create({
      collectionKey: collection.key,
      externalId: externalId ?? null,
      title: name,
      mediaType,
      url: upload.url ?? null,
      metadata: upload.metadata ?? {},
      bytes: bytes.length,
      contentHash,
    });
    const existing = created ?? (await (externalId === undefined ? this.documents.findAnonymous(collection.key, contentHash) : this.documents.findByExternalId(collection.key, externalId)));
    const document = existing && (await this.documents.lock(existing.key));
    if (!document) throw new AppError('CONFLICT', 'The document was deleted while it was being uploaded. Send it again.', { retryable: true });
    // Of two identical uploads at once the second finds what the first has made.
    const known = created ? undefined : await this.recognise(collection, upload, contentHash);
    if (known) return known;
    const version = document.latestVersion + 1;
    // Not naming the title again is no change of it while the content is the same.
    const before = !created && document.contentHash === contentHash ? await this.documents.version(document.key, document.latestVersion) : undefined;
    await this.jobs.supersede(document.key);
    await this.documents.addVersion({
      documentKey: document.key,
      version,
      title: upload.title ?? before?.title ?? null,
      mediaType,
      charset: upload.charset ?? null,
      contentHash,
      blob: await this.blobs.put(bytes),
    });
    await this.documents.update(document.key, {
      status: 'processing',
      latestVersion: version,
      mediaType,
      url: upload.url ?? null,
      bytes: bytes.length,
      contentHash,
      ...(upload.metadata ? { metadata: upload.metadata as object } : {}),
    });
    if (externalId !== undefined) await this.documents.forgetDeletion(collection.key, externalId);
    const job = await this.jobs.create(newId('job'), document.key, version);
    await this.queue.enqueue({ kind: INGESTION, ref: job.id });
    const after = await this.documents.get(collection.key, document.id);
    return { document: toDocument(after, collection), job: toJob(job, after), result: created ? 'created' : 'updated' };
  }
}

function sameFields(left: object, right: object): boolean {
  const ordered = (fields: object) => JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return ordered(left) === ordered(right);
}
