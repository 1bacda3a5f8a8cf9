import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { SearchFilter } from '@faas/rag-contract';
import { filterSql } from '../filter-sql';
import type { ChunkHit, IndexedVersion } from '../lexical-index.port';
import { VectorIndex, type VectorHits, type VectorSpace } from '../vector-index.port';

/** pgvector, searched exactly: every visible chunk of the space is compared. */
export class PgvectorIndex extends VectorIndex {
  constructor(private readonly database: Database) {
    super();
  }

  async findSpace(collectionKey: number, model: string): Promise<VectorSpace | undefined> {
    const [space] = await this.database.manager.query<VectorSpace[]>('SELECT key, dimensions FROM rag.vector_space WHERE collection_key = $1 AND model = $2', [collectionKey, model]);
    return space;
  }

  async store(model: string, { collectionKey, documentKey, version }: IndexedVersion, vectors: readonly { ordinal: number; embedding: readonly number[] }[]): Promise<void> {
    const { manager } = this.database;
    const length = vectors[0]?.embedding.length ?? 0;
    await manager.query('INSERT INTO rag.vector_space (collection_key, model, dimensions) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [collectionKey, model, length]);
    const space = await this.findSpace(collectionKey, model);
    if (!space || vectors.some(({ embedding }) => embedding.length !== space.dimensions)) {
      throw new AppError('CONFLICT', `The embedding model "${model}" gives vectors of ${length} dimensions; those of this collection have ${space?.dimensions}. Use the model under another name, or another collection.`);
    }
    await manager.query(
      `INSERT INTO rag.chunk_vector (space_key, document_key, version, ordinal, embedding)
       SELECT $1, $2, $3, ordinal, embedding::vector FROM unnest($4::int[], $5::text[]) entry(ordinal, embedding) ON CONFLICT DO NOTHING`,
      [space.key, documentKey, version, vectors.map(({ ordinal }) => ordinal), vectors.map(({ embedding }) => literal(embedding))],
    );
  }

  async holds({ collectionKey, documentKey, version }: IndexedVersion, model: string | undefined): Promise<boolean> {
    const { manager } = this.database;
    const [row] =
      model === undefined
        ? await manager.query<{ other: boolean }[]>('SELECT EXISTS (SELECT 1 FROM rag.chunk_vector WHERE document_key = $1 AND version = $2) AS other', [documentKey, version])
        : await manager.query<{ other: boolean }[]>(
            `SELECT EXISTS (
               SELECT 1 FROM rag.chunk
               WHERE chunk.document_key = $1 AND chunk.version = $2 AND NOT EXISTS (
                 SELECT 1 FROM rag.chunk_vector stored JOIN rag.vector_space space ON space.key = stored.space_key
                 WHERE space.collection_key = $3 AND space.model = $4 AND stored.document_key = chunk.document_key AND stored.version = chunk.version AND stored.ordinal = chunk.ordinal
               )
             ) AS other`,
            [documentKey, version, collectionKey, model],
          );
    return row?.other === false;
  }

  async search(collectionKey: number, space: VectorSpace, embedding: readonly number[], { limit, filter }: { limit: number; filter?: SearchFilter }): Promise<VectorHits> {
    if (embedding.length !== space.dimensions) throw new AppError('CONFLICT', `The embedding model gave ${embedding.length} dimensions; the vectors of this collection have ${space.dimensions}.`);
    const { manager } = this.database;
    const parameters: unknown[] = [space.key, collectionKey, literal(embedding), limit];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const hits = await manager.query<ChunkHit[]>(
      `SELECT stored.document_key AS "documentKey", stored.version, stored.ordinal, 1 - (stored.embedding <=> $3::vector) AS score
       FROM rag.chunk_vector stored JOIN rag.document ON document.key = stored.document_key AND document.version = stored.version
       WHERE stored.space_key = $1 AND document.collection_key = $2 ${filter ? `AND ${filterSql(filter, bind)}` : ''}
       ORDER BY stored.embedding <=> $3::vector, stored.document_key, stored.ordinal LIMIT $4`,
      parameters,
    );
    const [coverage] = await manager.query<{ all: number; embedded: number }[]>(
      `SELECT collection.chunks AS all,
              (SELECT count(*)::int FROM rag.chunk_vector stored JOIN rag.document ON document.key = stored.document_key AND document.version = stored.version WHERE stored.space_key = $2) AS embedded
       FROM rag.collection WHERE key = $1`,
      [collectionKey, space.key],
    );
    return { hits, exhaustive: coverage !== undefined && coverage.embedded >= coverage.all };
  }
}

function literal(embedding: readonly number[]): string {
  return `[${embedding.join(',')}]`;
}
