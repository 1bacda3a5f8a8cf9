import type { Page, PageQuery } from '@faas/api';
import { BlobStore, Database } from '@faas/database';
import { AppError } from '@faas/errors';
import {
  defaultCollectionSettings,
  type Collection,
  type CollectionSettings,
  type CollectionSettingsPatch,
  type CreateCollectionRequest,
  type PatchCollectionRequest,
  type PutCollectionRequest,
} from '@faas/rag-contract';
import type { CollectionEntity } from '../database/collection.entity';
import { CollectionStore } from './collection.store';

export class CollectionsService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionStore,
    private readonly blobs: BlobStore,
  ) {}

  async create({ name, title, settings }: CreateCollectionRequest): Promise<Collection> {
    const created = await this.collections.create(name, title ?? null, merged(defaultCollectionSettings, settings));
    if (!created) throw new AppError('CONFLICT', `The collection "${name}" exists already. Change it with PATCH, or use PUT to create or change it.`);
    return toCollection(created);
  }

  /** Creates the collection or changes what the request names; a request that names nothing new changes nothing. */
  put(reference: string, { name = reference, title, settings, restoreDeleted }: PutCollectionRequest): Promise<Collection> {
    return this.database.inTenant(async () => {
      const known = await this.collections.find(reference);
      if (name !== reference && name !== known?.name) throw new AppError('REQUEST_INVALID', `A collection keeps its name: the path names "${known?.name ?? reference}", the body "${name}".`);
      if (!known && !reference.includes('_')) {
        if (!restoreDeleted && (await this.collections.wasDeleted(reference))) {
          throw new AppError('RESOURCE_DELETED', `The collection "${reference}" was deleted. Send "restoreDeleted": true to create it again.`);
        }
        const created = await this.collections.create(reference, title ?? null, merged(defaultCollectionSettings, settings));
        if (created) return toCollection(created);
      }
      return this.patch(reference, { title, settings });
    });
  }

  patch(reference: string, { title, settings }: PatchCollectionRequest): Promise<Collection> {
    return this.database.inTenant(async () => {
      const before = await this.collections.get(reference);
      const after = { title: title === undefined ? before.title : title, settings: merged(settingsOf(before), settings) };
      if (after.settings.language !== before.language && (await this.collections.hasDocuments(before.key))) {
        throw new AppError('CONFLICT', 'The language of a collection with documents is fixed: they are indexed by it. Create another collection.');
      }
      if (after.title !== before.title || JSON.stringify(after.settings) !== JSON.stringify(settingsOf(before))) await this.collections.update(before.key, after.title, after.settings);
      return toCollection(await this.collections.get(before.id));
    });
  }

  async get(reference: string): Promise<Collection> {
    return toCollection(await this.collections.get(reference));
  }

  async list(query: PageQuery): Promise<Page<Collection>> {
    const page = await this.collections.list(query);
    return { ...page, data: page.data.map(toCollection) };
  }

  delete(reference: string): Promise<void> {
    return this.database.inTenant(async () => this.blobs.delete(await this.collections.delete(await this.collections.get(reference))));
  }
}

export function settingsOf({ language, chunkCharacters, chunkOverlap }: CollectionEntity): CollectionSettings {
  return { language, chunkCharacters, chunkOverlap };
}

function merged(before: CollectionSettings, patch: CollectionSettingsPatch = {}): CollectionSettings {
  const { language = before.language, chunkCharacters = before.chunkCharacters, chunkOverlap = before.chunkOverlap } = patch;
  if (chunkOverlap > chunkCharacters / 2) throw new AppError('REQUEST_INVALID', `"chunkOverlap" is ${chunkOverlap}; it may be half of "chunkCharacters" (${chunkCharacters}) at most.`);
  return { language, chunkCharacters, chunkOverlap };
}

function toCollection(entity: CollectionEntity): Collection {
  const { id, name, title, documents, chunks, createdAt, updatedAt } = entity;
  return { id, name, title, settings: settingsOf(entity), documents, chunks, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
