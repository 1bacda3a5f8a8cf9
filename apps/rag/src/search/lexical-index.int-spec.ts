import 'reflect-metadata';
import { Database } from '@faas/database';
import { createLogger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import fc from 'fast-check';
import { entities, migrations } from '../database/data-source';
import { referenceRanking, type ReferenceDocument } from '../../test/reference-bm25';
import { lexicalWords } from './lexical-analysis';
import { PostgresLexicalIndex } from './lexical-indexes/postgres.adapter';

const words = ['owl', 'owls', 'key', 'keys', 'night', 'maxRetry', 'retry', 'limit', 'the', 'of', 'budget', 'x1', '🦉', 'straße', 'a-b'];

describeOnEachEngine('PostgresLexicalIndex', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let index: PostgresLexicalIndex;
  let serial = 0;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await Database.open({ service: 'rag', entities, migrations, source: throwaway.source(), logger: createLogger({ service: 'spec', level: 'error' }) });
    await database.migrate();
    index = new PostgresLexicalIndex(database);
  });
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });

  const inTenant = <T>(work: () => Promise<T>) => runInContext({ requestId: 'spec', principal: { tenant: 'acme', subject: 'spec', scopes: [] } }, () => database.inTenant(work));
  const insert = async (sql: string, values: unknown[]) => (await database.manager.query<{ key: number }[]>(sql, values))[0]!.key;
  const createCollection = () =>
    inTenant(async () => ({ key: await insert(`INSERT INTO rag.collection (id, name, language, chunk_characters, chunk_overlap) VALUES ($1, $1, 'english', 1600, 0) RETURNING key`, [`c${serial++}`]), language: 'english' as const }));

  async function publish(collection: { key: number; language: 'english' }, chunks: readonly string[], version = 1, known?: number): Promise<number> {
    return inTenant(async () => {
      const documentKey =
        known ??
        (await insert(
          `INSERT INTO rag.document (collection_key, id, title, media_type, metadata, status, latest_version, bytes, content_hash) VALUES ($1, $2, '', 'text/plain', '{}', 'processing', 1, 0, $2) RETURNING key`,
          [collection.key, `d${serial++}`],
        ));
      await database.manager.query(`INSERT INTO rag.document_version (document_key, version, media_type, content_hash, blob) VALUES ($1, $2, 'text/plain', '', '')`, [documentKey, version]);
      for (const [ordinal, text] of chunks.entries()) {
        await database.manager.query(`INSERT INTO rag.chunk (document_key, version, ordinal, start_at, end_at, heading_path, content) VALUES ($1, $2, $3, 0, 0, '{}', $4)`, [documentKey, version, ordinal, text]);
      }
      const place = { collectionKey: collection.key, documentKey, version };
      await index.stage(collection, place, chunks.map((searchable, ordinal) => ({ ordinal, searchable })));
      await index.stage(collection, place, chunks.map((searchable, ordinal) => ({ ordinal, searchable })));
      await index.publish(place);
      return documentKey;
    });
  }

  /** Words as the database sees them: the reference ranks, it does not tokenise. */
  const lexemes = async (text: string) => {
    const rows = await inTenant(() =>
      database.manager.query<{ lexeme: string; frequency: number }[]>(`SELECT lexeme, cardinality(positions) AS frequency FROM unnest(to_tsvector('english', $1))`, [lexicalWords(text)]),
    );
    return new Map(rows.map(({ lexeme, frequency }) => [lexeme, frequency]));
  };

  const chunk = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 }).map((picked) => picked.join(' '));
  const corpus = fc.array(fc.array(chunk, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

  it('ranks exactly as BM25 does on random collections, also after documents changed and went', async () => {
    await fc.assert(
      fc.asyncProperty(corpus, chunk, fc.array(fc.nat(9), { maxLength: 3 }), async (texts, question, touched) => {
        const collection = await createCollection();
        const live = new Map<number, readonly string[]>();
        for (const chunks of texts) live.set(await publish(collection, chunks), chunks);
        for (const [turn, place] of touched.entries()) {
          const key = [...live.keys()][place % live.size];
          if (key === undefined || live.size < 2) continue;
          if (turn % 2 === 0) {
            await inTenant(async () => {
              await index.remove({ collectionKey: collection.key, documentKey: key });
              await database.manager.query('DELETE FROM rag.document WHERE key = $1', [key]);
            });
            live.delete(key);
          } else {
            const changed = [...live.get(key)!, 'owl night'];
            await publish(collection, changed, turn + 2, key);
            live.set(key, changed);
          }
        }
        const documents: ReferenceDocument[] = [];
        for (const [key, chunks] of live) documents.push({ key, chunks: await Promise.all(chunks.map(lexemes)) });
        const expected = referenceRanking(documents, await lexemes(question));
        const { hits } = await inTenant(() => index.search(collection, question, { limit: 100 }));
        expect(hits.map(({ documentKey, ordinal }) => `${documentKey}:${ordinal}`).sort()).toEqual(expected.map(({ key, ordinal }) => `${key}:${ordinal}`).sort());
        const scores = new Map(expected.map(({ key, ordinal, score }) => [`${key}:${ordinal}`, score]));
        for (const { documentKey, ordinal, score } of hits) expect(score).toBeCloseTo(scores.get(`${documentKey}:${ordinal}`)!, 9);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('leaves no row behind when the last document goes', async () => {
    const collection = await createCollection();
    const key = await publish(collection, ['owl key', 'night']);
    await inTenant(() => index.remove({ collectionKey: collection.key, documentKey: key }));
    const left = await throwaway.query(
      `SELECT (SELECT count(*)::int FROM rag.posting WHERE collection_key = $1) AS postings, (SELECT count(*)::int FROM rag.word WHERE collection_key = $1) AS words,
              (SELECT count(*)::int FROM rag.staged_chunk_words WHERE document_key = $2) AS staged, documents, chunks, words::int AS length FROM rag.collection WHERE key = $1`,
      [collection.key, key],
    );
    expect(left).toEqual([{ postings: 0, words: 0, staged: 0, documents: 0, chunks: 0, length: 0 }]);
  });

  it('cuts a long question to its rarest words and says so', async () => {
    const collection = await createCollection();
    const many = Array.from({ length: 60 }, (_, place) => `term${place}`);
    await publish(collection, [many.join(' '), 'term1 rare']);
    const { hits, cut } = await inTenant(() => index.search(collection, `${many.join(' ')} rare`, { limit: 5 }));
    expect(cut).toBe(true);
    expect(hits).toHaveLength(2);
  });
});
