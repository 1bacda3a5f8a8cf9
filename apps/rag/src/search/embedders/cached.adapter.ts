import type { Cache } from '@faas/cache';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Embedder } from '../embedder.port';

const TTL_MS = 600_000;
const embedding = z.array(z.number()).min(1);

/**
 * Remembers the vectors of questions for ten minutes, per tenant and space. For questions only: a document's chunks are embedded once.
 * Keys are hashes, so that no question can be read in the cache's store.
 */
export class CachedEmbedder extends Embedder {
  readonly model: string;

  constructor(
    private readonly embedder: Embedder,
    private readonly cache: Cache,
  ) {
    super();
    this.model = embedder.model;
  }

  async embed(texts: readonly string[]): Promise<number[][]> {
    const keys = texts.map((text) => `question:${digest(this.model)}:${digest(text)}`);
    const known = await Promise.all(keys.map((key) => this.cache.get(key, { schema: embedding })));
    const missing = texts.flatMap((text, position) => (known[position] ? [] : [{ text, position }]));
    if (missing.length > 0) {
      const vectors = await this.embedder.embed(missing.map(({ text }) => text));
      await Promise.all(
        missing.map(async ({ position }, index) => {
          known[position] = vectors[index] ?? [];
          await this.cache.set(keys[position] ?? '', known[position], { ttlMs: TTL_MS });
        }),
      );
    }
    return known.map((vector) => vector ?? []);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
