import type { Document } from '@faas/rag-contract';
import type { CollectionEntity } from '../database/collection.entity';
import type { DocumentEntity } from '../database/document.entity';

export function toDocument(entity: DocumentEntity, collection: Pick<CollectionEntity, 'id'>): Document {
  const { id, externalId, title, mediaType, url, metadata, status, version, characters, chunks, bytes, contentHash, createdAt, updatedAt } = entity;
  return {
    id,
    collectionId: collection.id,
    externalId,
    title,
    mediaType,
    url,
    metadata,
    status,
    version,
    characters,
    chunks,
    bytes,
    contentHash,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
