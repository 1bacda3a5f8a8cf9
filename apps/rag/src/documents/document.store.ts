import { newId, toPage, type Page } from '@faas/api';
import { Database, pagedByCreation } from '@faas/database';
import { AppError } from '@faas/errors';
import type { DocumentMetadata, DocumentPageQuery, MediaType } from '@faas/rag-contract';
import { IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { DocumentVersionEntity } from '../database/document-version.entity';
import { DocumentEntity } from '../database/document.entity';

/** Versions whose text and original are kept, so that citations of an older one can still be checked. */
const KEPT_VERSIONS = 5;

export interface NewDocument {
  readonly collectionKey: number;
  readonly externalId: string | null;
  readonly title: string;
  readonly mediaType: MediaType;
  readonly url: string | null;
  readonly metadata: DocumentMetadata;
  readonly bytes: number;
  readonly contentHash: string;
}

export type NewVersion = Omit<DocumentVersionEntity, 'content' | 'characters'>;

/** Documents and their versions. Every method joins the caller's transaction or opens one. */
export class DocumentStore {
  constructor(private readonly database: Database) {}

  /** @throws AppError DOCUMENT_NOT_FOUND */
  async get(collectionKey: number, id: string): Promise<DocumentEntity> {
    const found = await this.database.inTenant(() => this.database.manager.findOneBy(DocumentEntity, { collectionKey, id }));
    if (!found) throw new AppError('DOCUMENT_NOT_FOUND', `There is no document "${id}" in this collection.`);
    return found;
  }

  findByKey(key: number): Promise<DocumentEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOneBy(DocumentEntity, { key }));
  }

  findByExternalId(collectionKey: number, externalId: string): Promise<DocumentEntity | null> {
    return this.database.inTenant(() =>
      this.database.manager
        .createQueryBuilder(DocumentEntity, 'document')
        // The index is on the hash: external ids may be longer than an index entry.
        .where('document.collection_key = :collectionKey AND md5(document.external_id) = md5(:externalId) AND document.external_id = :externalId', { collectionKey, externalId })
        .getOne(),
    );
  }

  findByContent(collectionKey: number, contentHash: string): Promise<DocumentEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOne(DocumentEntity, { where: { collectionKey, contentHash }, order: { key: 'ASC' } }));
  }

  /** The document without an external id that has this content. */
  findAnonymous(collectionKey: number, contentHash: string): Promise<DocumentEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOneBy(DocumentEntity, { collectionKey, contentHash, externalId: IsNull() }));
  }

  async list(collectionKey: number, { limit, after, externalId }: DocumentPageQuery): Promise<Page<DocumentEntity>> {
    const where = { collectionKey, ...(externalId === undefined ? {} : { externalId }) };
    return toPage(await this.database.inTenant(() => pagedByCreation(this.database.manager, DocumentEntity, { where, limit, after })), limit);
  }

  /** Reserves the identity: of two simultaneous uploads one gets undefined. */
  create(document: NewDocument): Promise<DocumentEntity | undefined> {
    return this.database.inTenant(async () => {
      const inserted = await this.database.manager.query<{ key: number }[]>(
        `INSERT INTO rag.document (collection_key, id, external_id, title, media_type, url, metadata, status, latest_version, bytes, content_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'processing', 0, $8, $9) ON CONFLICT DO NOTHING RETURNING key`,
        [
          document.collectionKey,
          newId('doc'),
          document.externalId,
          document.title,
          document.mediaType,
          document.url,
          JSON.stringify(document.metadata),
          document.bytes,
          document.contentHash,
        ],
      );
      const key = inserted[0]?.key;
      return key === undefined ? undefined : ((await this.findByKey(key)) ?? undefined);
    });
  }

  /** Locks the document until the transaction ends. Undefined: it was deleted. */
  lock(key: number): Promise<DocumentEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOne(DocumentEntity, { where: { key }, lock: { mode: 'pessimistic_write' } }));
  }

  async update(key: number, fields: QueryDeepPartialEntity<DocumentEntity>): Promise<void> {
    await this.database.inTenant(() => this.database.manager.update(DocumentEntity, { key }, { ...fields, updatedAt: () => 'clock_timestamp()' }));
  }

  async addVersion(version: NewVersion): Promise<void> {
    await this.database.inTenant(() => this.database.manager.insert(DocumentVersionEntity, version));
  }

  /** @throws AppError DOCUMENT_NOT_FOUND when the version does not exist or is not kept any more. */
  async version(documentKey: number, version: number): Promise<DocumentVersionEntity> {
    const found = await this.database.inTenant(() => this.database.manager.findOneBy(DocumentVersionEntity, { documentKey, version }));
    if (!found) throw new AppError('DOCUMENT_NOT_FOUND', `The document has no version ${version}, or it is not kept any more: the newest ${KEPT_VERSIONS} are.`);
    return found;
  }

  async keepContent(documentKey: number, version: number, content: string, characters: number): Promise<void> {
    await this.database.inTenant(() => this.database.manager.update(DocumentVersionEntity, { documentKey, version }, { content, characters }));
  }

  /** Drops what outdated versions had in the index, and versions that are no longer kept. @returns ids of blobs to delete. */
  prune(documentKey: number, visible: number): Promise<string[]> {
    return this.database.inTenant(async () => {
      const { manager } = this.database;
      await manager.query('DELETE FROM rag.chunk WHERE document_key = $1 AND version < $2', [documentKey, visible]);
      const [gone] = await manager.query<[{ blob: string }[], number]>('DELETE FROM rag.document_version WHERE document_key = $1 AND version <= $2 RETURNING blob', [
        documentKey,
        visible - KEPT_VERSIONS,
      ]);
      return gone.map(({ blob }) => blob);
    });
  }

  /** Deletes the row and, by cascade, everything that belongs to it; only a deleted external id is remembered. @returns ids of blobs to delete. */
  delete({ key, collectionKey, externalId }: DocumentEntity): Promise<string[]> {
    return this.database.inTenant(async () => {
      const { manager } = this.database;
      // An upload that holds the document comes first, so that the blob of its version is among those to delete.
      await manager.query('SELECT key FROM rag.document WHERE key = $1 FOR UPDATE', [key]);
      const blobs = await manager.query<{ blob: string }[]>('SELECT blob FROM rag.document_version WHERE document_key = $1', [key]);
      await manager.query('DELETE FROM rag.document WHERE key = $1', [key]);
      if (externalId !== null) await manager.query('INSERT INTO rag.deleted_document (collection_key, external_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [collectionKey, externalId]);
      return blobs.map(({ blob }) => blob);
    });
  }

  wasDeleted(collectionKey: number, externalId: string): Promise<boolean> {
    return this.database.inTenant(async () => {
      const rows = await this.database.manager.query<unknown[]>('SELECT 1 FROM rag.deleted_document WHERE collection_key = $1 AND md5(external_id) = md5($2)', [collectionKey, externalId]);
      return rows.length > 0;
    });
  }

  async forgetDeletion(collectionKey: number, externalId: string): Promise<void> {
    await this.database.inTenant(() => this.database.manager.query('DELETE FROM rag.deleted_document WHERE collection_key = $1 AND md5(external_id) = md5($2)', [collectionKey, externalId]));
  }
}
