import type { Chunk } from '../chunking/chunk';
import { Embedder } from './embedder.port';
import type { IndexedVersion } from './lexical-index.port';
import { VectorIndex } from './vector-index.port';

/** Vectors as a part of ingestion; without an embedder there are none. */
export class VectorIndexing {
  constructor(
    private readonly index: VectorIndex,
    private readonly embedder: Embedder | undefined,
  ) {}

  async embed(texts: readonly string[]): Promise<number[][] | undefined> {
    return this.embedder && texts.length > 0 ? this.embedder.embed(texts) : undefined;
  }

  /** Inside Database.inTenant. */
  async store(version: IndexedVersion, chunks: readonly Chunk[], vectors: readonly number[][]): Promise<void> {
    if (!this.embedder) return;
    await this.index.store(this.embedder.model, version, chunks.map(({ ordinal }, position) => ({ ordinal, embedding: vectors[position] ?? [] })));
  }
}
