import { Database } from '@faas/database';
import type { Chunk } from '../chunking/chunk';

export interface ChunkReference {
  readonly documentKey: number;
  readonly version: number;
  readonly ordinal: number;
}

/** A chunk of a visible version with what is known of its document. */
export interface FoundChunk extends ChunkReference {
  readonly documentId: string;
  readonly title: string;
  readonly url: string | null;
  readonly headingPath: string[];
  readonly start: number;
  readonly end: number;
  readonly context: string | null;
  readonly text: string;
}

/** Texts of chunks. Inside Database.inTenant. */
export class ChunkStore {
  constructor(private readonly database: Database) {}

  async add(documentKey: number, version: number, chunks: readonly Chunk[]): Promise<void> {
    await this.database.manager.query(
      `INSERT INTO rag.chunk (document_key, version, ordinal, start_at, end_at, heading_path, context, content)
       SELECT $1, $2, ordinal, start_at, end_at, ARRAY(SELECT jsonb_array_elements_text(heading_path)), context, content
       FROM unnest($3::int[], $4::int[], $5::int[], $6::jsonb[], $7::text[], $8::text[]) chunk(ordinal, start_at, end_at, heading_path, context, content)
       ON CONFLICT DO NOTHING`,
      [
        documentKey,
        version,
        chunks.map(({ ordinal }) => ordinal),
        chunks.map(({ start }) => start),
        chunks.map(({ end }) => end),
        chunks.map(({ headingPath }) => JSON.stringify(headingPath)),
        chunks.map(({ context }) => context ?? null),
        chunks.map(({ text }) => text),
      ],
    );
  }

  /** Takes away what a job has stored, with its words and vectors. */
  async clear(documentKey: number, version: number): Promise<void> {
    await this.database.manager.query('DELETE FROM rag.chunk WHERE document_key = $1 AND version = $2', [documentKey, version]);
  }

  /** In the order asked for; chunks of a version that is no longer visible are left out. */
  async find(references: readonly ChunkReference[]): Promise<FoundChunk[]> {
    if (references.length === 0) return [];
    return this.database.manager.query<FoundChunk[]>(
      `SELECT chunk.document_key AS "documentKey", chunk.version, chunk.ordinal, document.id AS "documentId", document.title, document.url,
              chunk.heading_path AS "headingPath", chunk.start_at AS start, chunk.end_at AS "end", chunk.context, chunk.content AS text
       FROM unnest($1::int[], $2::int[], $3::int[]) WITH ORDINALITY wanted(document_key, version, ordinal, place)
       JOIN rag.chunk ON chunk.document_key = wanted.document_key AND chunk.version = wanted.version AND chunk.ordinal = wanted.ordinal
       JOIN rag.document ON document.key = chunk.document_key AND document.version = chunk.version
       ORDER BY wanted.place`,
      [references.map(({ documentKey }) => documentKey), references.map(({ version }) => version), references.map(({ ordinal }) => ordinal)],
    );
  }
}
