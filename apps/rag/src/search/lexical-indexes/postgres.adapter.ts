import { Database } from '@faas/database';
import type { SearchFilter } from '@faas/rag-contract';
import { B, chooseWords, inverseFrequency, K1, PARENT_WEIGHT, type QueryWord } from '../bm25';
import { filterSql } from '../filter-sql';
import { lexicalWords } from '../lexical-analysis';
import { LexicalIndex, type ChunkHit, type IndexedChunk, type IndexedCollection, type IndexedVersion, type LexicalHits } from '../lexical-index.port';

/** Longest text that is tokenised at once: PostgreSQL's limit for a tsvector is 1 MB. */
const MAX_WORDS_LENGTH = 250_000;

interface Statistics {
  readonly documents: number;
  readonly chunks: number;
  readonly words: string;
}

/** BM25 in plain SQL: words by the server's own tokeniser, one posting row per word and document. Needs no extension. */
export class PostgresLexicalIndex extends LexicalIndex {
  constructor(private readonly database: Database) {
    super();
  }

  async stage({ language }: IndexedCollection, { documentKey, version }: IndexedVersion, chunks: readonly IndexedChunk[]): Promise<void> {
    await this.database.manager.query(
      `INSERT INTO rag.staged_chunk_words (document_key, version, ordinal, words)
       SELECT $1, $2, ordinal, to_tsvector($3::regconfig, words) FROM unnest($4::int[], $5::text[]) chunk(ordinal, words)
       ON CONFLICT DO NOTHING`,
      [documentKey, version, language, chunks.map(({ ordinal }) => ordinal), chunks.map(({ searchable }) => wordsOf(searchable))],
    );
  }

  async publish({ collectionKey, documentKey, version }: IndexedVersion): Promise<void> {
    await this.remove({ collectionKey, documentKey });
    const { manager } = this.database;
    await manager.query(
      `WITH occurrence AS (
         SELECT entry.lexeme AS word, staged.ordinal, cardinality(entry.positions) AS frequency,
                (SELECT coalesce(sum(cardinality(every.positions)), 0)::int FROM unnest(staged.words) every) AS length
         FROM rag.staged_chunk_words staged CROSS JOIN LATERAL unnest(staged.words) entry
         WHERE staged.document_key = $2 AND staged.version = $3
       ), posted AS (
         INSERT INTO rag.posting (collection_key, word, document_key, version, document_words, frequency, ordinals, frequencies, lengths)
         SELECT $1, word, $2, $3, (SELECT sum(frequency) FROM occurrence)::int, sum(frequency)::int,
                array_agg(ordinal ORDER BY ordinal), array_agg(frequency ORDER BY ordinal), array_agg(length ORDER BY ordinal)
         FROM occurrence GROUP BY word
         RETURNING word, cardinality(ordinals) AS chunks
       )
       INSERT INTO rag.word AS known (collection_key, word, documents, chunks)
       SELECT $1, word, 1, chunks FROM posted ORDER BY word
       ON CONFLICT (collection_key, word) DO UPDATE SET documents = known.documents + 1, chunks = known.chunks + excluded.chunks`,
      [collectionKey, documentKey, version],
    );
    await manager.query(
      `WITH size AS (
         SELECT (SELECT count(*)::int FROM rag.chunk WHERE document_key = $2 AND version = $3) AS chunks,
                coalesce((SELECT document_words FROM rag.posting WHERE document_key = $2 LIMIT 1), 0) AS words
       ), measured AS (
         UPDATE rag.document SET version = $3, chunks = size.chunks, words = size.words FROM size WHERE key = $2 RETURNING document.chunks, document.words
       )
       UPDATE rag.collection SET documents = documents + 1, chunks = collection.chunks + measured.chunks, words = collection.words + measured.words
       FROM measured WHERE key = $1`,
      [collectionKey, documentKey, version],
    );
    await manager.query('DELETE FROM rag.staged_chunk_words WHERE document_key = $1 AND version = $2', [documentKey, version]);
  }

  async remove({ collectionKey, documentKey }: Pick<IndexedVersion, 'collectionKey' | 'documentKey'>): Promise<void> {
    const { manager } = this.database;
    // Publications and removals of a collection follow one another: its counters are one row, and words are locked in no order.
    await manager.query('SELECT key FROM rag.collection WHERE key = $1 FOR NO KEY UPDATE', [collectionKey]);
    await manager.query(
      `WITH gone AS (DELETE FROM rag.posting WHERE document_key = $2 RETURNING word, cardinality(ordinals) AS chunks)
       UPDATE rag.word SET documents = word.documents - 1, chunks = word.chunks - gone.chunks FROM gone WHERE word.collection_key = $1 AND word.word = gone.word`,
      [collectionKey, documentKey],
    );
    await manager.query('DELETE FROM rag.word WHERE collection_key = $1 AND documents = 0', [collectionKey]);
    await manager.query(
      `WITH visible AS (SELECT key, chunks, words FROM rag.document WHERE key = $2 AND version IS NOT NULL),
       hidden AS (UPDATE rag.document SET version = NULL, chunks = 0, words = 0 FROM visible WHERE document.key = visible.key)
       UPDATE rag.collection SET documents = documents - 1, chunks = collection.chunks - visible.chunks, words = collection.words - visible.words
       FROM visible WHERE collection.key = $1`,
      [collectionKey, documentKey],
    );
  }

  async search(collection: IndexedCollection, question: string, { limit, filter }: { limit: number; filter?: SearchFilter }): Promise<LexicalHits> {
    const { manager } = this.database;
    const [statistics] = await manager.query<Statistics[]>('SELECT documents, chunks, words FROM rag.collection WHERE key = $1', [collection.key]);
    if (!statistics || statistics.chunks === 0) return { hits: [], fullMatch: 0, cut: false };
    const found = await manager.query<QueryWord[]>(
      `SELECT asked.lexeme AS word, cardinality(asked.positions) AS asked, coalesce(known.documents, 0) AS documents, coalesce(known.chunks, 0) AS chunks
       FROM unnest(to_tsvector($2::regconfig, $3)) asked
       LEFT JOIN rag.word known ON known.collection_key = $1 AND known.word = asked.lexeme`,
      [collection.key, collection.language, wordsOf(question)],
    );
    const { words, fullMatch, cut } = chooseWords(found, statistics);
    if (words.length === 0) return { hits: [], fullMatch, cut };
    return { hits: await this.rank(collection.key, words, statistics, limit, filter), fullMatch, cut };
  }

  private async rank(collectionKey: number, words: readonly QueryWord[], statistics: Statistics, limit: number, filter: SearchFilter | undefined): Promise<ChunkHit[]> {
    const { documents, chunks } = statistics;
    const parameters: unknown[] = [
      collectionKey,
      words.map(({ word }) => word),
      words.map((word) => word.asked * inverseFrequency(word.chunks, chunks)),
      words.map((word) => word.asked * inverseFrequency(word.documents, documents)),
      Number(statistics.words) / chunks,
      Number(statistics.words) / documents,
      limit,
    ];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const allowed = filter ? `AND posting.document_key IN (SELECT key FROM rag.document WHERE collection_key = $1 AND ${filterSql(filter, bind)})` : '';
    const saturated = (frequency: string, length: string, average: string) => `${frequency} * ${K1 + 1} / (${frequency} + ${K1} * (${1 - B} + ${B} * ${length} / ${average}))`;
    return this.database.manager.query<ChunkHit[]>(
      `WITH hit AS MATERIALIZED (
         SELECT posting.document_key, posting.version, posting.ordinals, posting.frequencies, posting.lengths, asked.weight,
                asked.document_weight * ${saturated('posting.frequency', 'posting.document_words', '$6::float8')} AS document_score
         FROM unnest($2::text[], $3::float8[], $4::float8[]) asked(word, weight, document_weight)
         JOIN rag.posting ON posting.collection_key = $1 AND posting.word = asked.word ${allowed}
       ), parent AS (
         SELECT document_key, sum(document_score) AS score FROM hit GROUP BY document_key
       ), child AS (
         SELECT hit.document_key, hit.version, entry.ordinal, sum(hit.weight * ${saturated('entry.frequency', 'entry.length', '$5::float8')}) AS score
         FROM hit CROSS JOIN LATERAL unnest(hit.ordinals, hit.frequencies, hit.lengths) entry(ordinal, frequency, length)
         GROUP BY hit.document_key, hit.version, entry.ordinal
       )
       SELECT child.document_key AS "documentKey", child.version, child.ordinal, child.score + ${PARENT_WEIGHT} * parent.score AS score
       FROM child JOIN parent USING (document_key)
       ORDER BY score DESC, child.document_key, child.ordinal LIMIT $7`,
      parameters,
    );
  }
}

function wordsOf(text: string): string {
  return lexicalWords(text).slice(0, MAX_WORDS_LENGTH);
}
