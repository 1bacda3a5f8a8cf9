import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import type { Passage, SearchAnswer, SearchFilter, SearchMode, SearchRequest } from '@faas/rag-contract';
import { CollectionStore } from '../collections/collection.store';
import type { CollectionEntity } from '../database/collection.entity';
import { ChunkStore, type FoundChunk } from '../ingestion/chunk.store';
import { calibrate, similarity } from './calibration';
import { Embedder } from './embedder.port';
import { fuse, type FusedHit } from './fusion';
import { LexicalIndex, type LexicalHits } from './lexical-index.port';
import { VectorIndex, type VectorHits, type VectorSpace } from './vector-index.port';

/** What each leg gives to the fusion. */
const CANDIDATES = 200;
/** Models read a few thousand tokens at most; a longer question is embedded by its beginning. */
const EMBEDDED_CHARACTERS = 8000;

interface QuestionVector {
  readonly space: VectorSpace;
  readonly embedding: readonly number[];
}

/** Finds passages: by words always, by meaning too when the collection has vectors of the configured model. */
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionStore,
    private readonly chunks: ChunkStore,
    private readonly lexical: LexicalIndex,
    private readonly vectors: VectorIndex,
    private readonly embedder: Embedder | undefined,
    private readonly logger: Logger,
  ) {}

  async search(reference: string, { query, topK, filter, mode: asked }: SearchRequest): Promise<SearchAnswer> {
    const collection = await this.collections.get(reference);
    // Lone surrogates and NUL cannot be sent to a database; in a question they carry no meaning.
    const question = query.toWellFormed().replaceAll('\u0000', ' ');
    const { vector, degraded } = asked === 'lexical' ? {} : await this.questionVector(collection, question, asked);
    const mode: SearchMode = vector ? (asked ?? 'hybrid') : 'lexical';
    return this.database.inTenant(async () => {
      const limit = mode === 'hybrid' ? CANDIDATES : topK;
      const words = mode === 'vector' ? undefined : await this.lexical.search(collection, question, { limit, filter });
      const meaning = vector && (await this.byMeaning(collection, vector, limit, filter));
      const hits = fuse(words?.hits ?? [], meaning?.hits ?? []).slice(0, topK);
      return {
        mode,
        passages: passagesOf(hits, await this.chunks.find(hits), collection.name, words, mode),
        exhaustive: !(words?.cut ?? false) && (meaning?.exhaustive ?? true),
        ...(degraded ? { degraded } : {}),
      };
    });
  }

  private byMeaning(collection: CollectionEntity, { space, embedding }: QuestionVector, limit: number, filter: SearchFilter | undefined): Promise<VectorHits> {
    return this.vectors.search(collection.key, space, embedding, { limit, filter });
  }

  /** No vector and no error: the collection is searched by words. A mode that was asked for is never replaced. */
  private async questionVector(collection: CollectionEntity, question: string, asked: SearchMode | undefined): Promise<{ vector?: QuestionVector; degraded?: string }> {
    const { embedder } = this;
    const space = embedder && (await this.database.inTenant(() => this.vectors.findSpace(collection.key, embedder.model)));
    if (!embedder || !space) {
      if (asked === undefined) return {};
      const reason = embedder ? `The collection has no vectors of "${embedder.model}" yet.` : 'No embedding model is configured (EMBEDDING_MODEL).';
      throw new AppError('MODEL_CAPABILITY_MISSING', `${reason} Search it with mode "lexical", or without a mode.`);
    }
    try {
      const [embedding = []] = await embedder.embed([question.slice(0, EMBEDDED_CHARACTERS).toWellFormed()]);
      return { vector: { space, embedding } };
    } catch (error) {
      if (asked !== undefined || !AppError.is(error) || error.code === 'REQUEST_ABORTED') throw error;
      this.logger.warn('search.degraded', { collection: collection.id, model: embedder.model, error });
      return { degraded: `The embedding model "${embedder.model}" does not answer (${error.code}); passages were found by words alone.` };
    }
  }
}

function passagesOf(hits: readonly FusedHit[], found: readonly FoundChunk[], collection: string, words: LexicalHits | undefined, mode: SearchMode): Passage[] {
  const byPlace = new Map(hits.map((hit) => [`${hit.documentKey}:${hit.version}:${hit.ordinal}`, hit]));
  let ceiling = 1;
  return found.map(({ documentKey, version, ordinal, documentId, title, headingPath, start, end, text, context, url }, position) => {
    const hit = byPlace.get(`${documentKey}:${version}:${ordinal}`);
    // Scores never rise along the ranking, also where two legs were joined.
    ceiling = Math.min(ceiling, hit ? scoreOf(hit, words?.fullMatch ?? 0, mode) : 0);
    return { number: position + 1, collection, documentId, version, title, headingPath, start, end, text, ...(context ? { context } : {}), ...(url ? { url } : {}), score: Math.round(ceiling * 10_000) / 10_000 };
  });
}

function scoreOf({ lexical, vector }: FusedHit, fullMatch: number, mode: SearchMode): number {
  const byWords = calibrate(lexical ?? 0, fullMatch);
  if (mode === 'lexical') return byWords;
  const byMeaning = similarity(vector ?? 0);
  return mode === 'vector' ? byMeaning : Math.max(byWords, byMeaning);
}
