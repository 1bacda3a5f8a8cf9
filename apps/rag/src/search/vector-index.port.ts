import type { SearchFilter } from '@faas/rag-contract';
import type { ChunkHit, IndexedVersion } from './lexical-index.port';

export interface VectorSpace {
  readonly key: number;
  readonly dimensions: number;
}

export interface VectorHits {
  /** Scores are cosine similarities. */
  readonly hits: readonly ChunkHit[];
  /** False when an approximate index was used or some visible chunks have no vector in the space. */
  readonly exhaustive: boolean;
}

/** Vectors of chunks, one space per collection and model. Inside Database.inTenant. */
export abstract class VectorIndex {
  abstract findSpace(collectionKey: number, model: string): Promise<VectorSpace | undefined>;
  /** Makes the space with the first vectors. @throws AppError CONFLICT when the model now gives vectors of another length. */
  abstract store(model: string, version: IndexedVersion, vectors: readonly { ordinal: number; embedding: readonly number[] }[]): Promise<void>;
  /** Whether each chunk of the version has its vector in the space of the model; without a model: whether none has any. */
  abstract holds(version: IndexedVersion, model: string | undefined): Promise<boolean>;
  abstract search(collectionKey: number, space: VectorSpace, embedding: readonly number[], options: { limit: number; filter?: SearchFilter }): Promise<VectorHits>;
}
