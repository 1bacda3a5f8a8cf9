import { newId, toPage, type Page, type PageQuery } from '@faas/api';
import { Database, pagedByCreation } from '@faas/database';
import { AppError } from '@faas/errors';
import type { CollectionSettings } from '@faas/rag-contract';
import { CollectionEntity } from '../database/collection.entity';

/** Collections of the tenant. Every method joins the caller's transaction or opens one. */
export class CollectionStore {
  constructor(private readonly database: Database) {}

  /** @param reference id or name. @throws AppError COLLECTION_NOT_FOUND */
  async get(reference: string): Promise<CollectionEntity> {
    const found = await this.find(reference);
    if (!found) throw new AppError('COLLECTION_NOT_FOUND', `There is no collection "${reference}". Create it with PUT /collections/${reference.includes('_') ? '{name}' : reference}.`);
    return found;
  }

  find(reference: string): Promise<CollectionEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOneBy(CollectionEntity, reference.includes('_') ? { id: reference } : { name: reference }));
  }

  list({ limit, after }: PageQuery): Promise<Page<CollectionEntity>> {
    return this.database.inTenant(async () => toPage(await pagedByCreation(this.database.manager, CollectionEntity, { limit, after }), limit));
  }

  /** Undefined when the name is taken. Forgets that the name was deleted before. */
  create(name: string, title: string | null, settings: CollectionSettings): Promise<CollectionEntity | undefined> {
    return this.database.inTenant(async () => {
      const { manager } = this.database;
      const inserted = await manager.query<{ id: string }[]>(
        `INSERT INTO rag.collection (id, name, title, language, chunk_characters, chunk_overlap) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id`,
        [newId('col'), name, title, settings.language, settings.chunkCharacters, settings.chunkOverlap],
      );
      if (inserted.length === 0) return undefined;
      await manager.query('DELETE FROM rag.deleted_collection WHERE name = $1', [name]);
      return this.get(name);
    });
  }

  update(key: number, title: string | null, settings: CollectionSettings): Promise<void> {
    return this.database.inTenant(async () => {
      await this.database.manager.update(CollectionEntity, { key }, { title, ...settings, updatedAt: () => 'clock_timestamp()' });
    });
  }

  wasDeleted(name: string): Promise<boolean> {
    return this.database.inTenant(async () => (await this.database.manager.query<unknown[]>('SELECT 1 FROM rag.deleted_collection WHERE name = $1', [name])).length > 0);
  }

  /** Keeps the collection from being deleted until the transaction ends. Taken before any document is locked. @throws AppError COLLECTION_NOT_FOUND when it is deleted already. */
  async hold({ key, name }: CollectionEntity): Promise<void> {
    const held = await this.database.inTenant(() => this.database.manager.query<unknown[]>('SELECT key FROM rag.collection WHERE key = $1 FOR KEY SHARE', [key]));
    if (held.length === 0) throw new AppError('COLLECTION_NOT_FOUND', `The collection "${name}" was deleted meanwhile.`);
  }

  /** Deletes it with everything in it; only that its name was deleted is remembered. @returns ids of blobs to delete. */
  delete({ key, name }: CollectionEntity): Promise<string[]> {
    return this.database.inTenant(async () => {
      const { manager } = this.database;
      await manager.query('SELECT key FROM rag.collection WHERE key = $1 FOR UPDATE', [key]);
      // Uploads hold the collection, deletions of documents lock them: what is read next is all there will be.
      await manager.query('SELECT key FROM rag.document WHERE collection_key = $1 ORDER BY key FOR UPDATE', [key]);
      const blobs = await manager.query<{ blob: string }[]>(
        'SELECT blob FROM rag.document_version version JOIN rag.document ON document.key = version.document_key WHERE document.collection_key = $1',
        [key],
      );
      // By collection in one go; the cascade would look for them document by document.
      await manager.query('DELETE FROM rag.posting WHERE collection_key = $1', [key]);
      await manager.query('DELETE FROM rag.collection WHERE key = $1', [key]);
      await manager.query('INSERT INTO rag.deleted_collection (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
      return blobs.map(({ blob }) => blob);
    });
  }

  /** Whether any document, searchable or not, is in it. */
  hasDocuments(key: number): Promise<boolean> {
    return this.database.inTenant(async () => (await this.database.manager.query<unknown[]>('SELECT 1 FROM rag.document WHERE collection_key = $1 LIMIT 1', [key])).length > 0);
  }
}
