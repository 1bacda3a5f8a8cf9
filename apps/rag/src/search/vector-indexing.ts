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

  /** Whether the version is searched by meaning to its end: false when it was embedded before the model was configured, or in part. Inside Database.inTenant. */
  isComplete(version: IndexedVersion): Promise<boolean> {
    return this.embedder ? this.index.holds(version, this.embedder.model) : Promise.resolve(true);
  }

  /** Whether what is staged of a version came from the model of now alone; false when the configuration changed on the way. Inside Database.inTenant. */
  isUniform(version: IndexedVersion): Promise<boolean> {
    return this.index.holds(version, this.embedder?.model);
  }

  /** Inside Database.inTenant. */
  async store(version: IndexedVersion, chunks: readonly Chunk[], vectors: readonly number[][]): Promise<void> {
    if (!this.embedder) return;
    await this.index.store(this.embedder.model, version, chunks.map(({ ordinal }, position) => ({ ordinal, embedding: vectors[position] ?? [] })));
  }
}
