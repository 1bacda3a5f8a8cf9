import type { Language, SearchFilter } from '@faas/rag-contract';

export interface IndexedCollection {
  readonly key: number;
  readonly language: Language;
}

/** A version of a document in the index. */
export interface IndexedVersion {
  readonly collectionKey: number;
  readonly documentKey: number;
  readonly version: number;
}

export interface IndexedChunk {
  readonly ordinal: number;
  /** Everything a question may match: text, headings, title. */
  readonly searchable: string;
}

export interface ChunkHit {
  readonly documentKey: number;
  readonly version: number;
  readonly ordinal: number;
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
}

export interface LexicalHits {
  readonly hits: readonly ChunkHit[];
  /** Score of a chunk of usual length that has every word of the question once: what `score` is measured against. */
  readonly fullMatch: number;
  /** True when a long question was cut to its rarest words. */
  readonly cut: boolean;
}

/**
 * Ranks chunks by BM25 (k1 1.2, b 0.75) of the chunk, plus a share of the BM25 of its whole document.
 *
 * Promise: exact, deterministic, whatever the question's length and characters. Statistics are those of the collection's
 * visible versions, changed in the transaction that publishes or removes one. All methods run inside `Database.inTenant`.
 */
export abstract class LexicalIndex {
  /** Keeps the words of chunks whose version is not visible yet. Their chunks must exist. Repeating it changes nothing. */
  abstract stage(collection: IndexedCollection, version: IndexedVersion, chunks: readonly IndexedChunk[]): Promise<void>;
  /** Makes the staged version the document's only one in the index. */
  abstract publish(version: IndexedVersion): Promise<void>;
  /** Takes a document out of index and statistics, before its row is deleted. */
  abstract remove(document: Pick<IndexedVersion, 'collectionKey' | 'documentKey'>): Promise<void>;
  abstract search(collection: IndexedCollection, question: string, options: { limit: number; filter?: SearchFilter }): Promise<LexicalHits>;
}
