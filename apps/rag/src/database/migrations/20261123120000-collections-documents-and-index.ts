import { blobTables, idempotencyTable, outboxTable, roles, tenantTable, workTable } from '@faas/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const collections = `
CREATE TABLE rag.collection (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  id text NOT NULL UNIQUE,
  name text NOT NULL,
  title text,
  language text NOT NULL,
  chunk_characters integer NOT NULL,
  chunk_overlap integer NOT NULL,
  documents integer NOT NULL DEFAULT 0,
  chunks integer NOT NULL DEFAULT 0,
  words bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);
COMMENT ON COLUMN rag.collection.words IS 'Indexed words of all chunks: with chunks and documents the statistics of BM25.';
CREATE TABLE rag.deleted_collection (
  tenant_id text NOT NULL,
  name text NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, name)
);`;

const documents = `
CREATE TABLE rag.document (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  collection_key integer NOT NULL REFERENCES rag.collection ON DELETE CASCADE,
  id text NOT NULL UNIQUE,
  external_id text,
  title text NOT NULL,
  media_type text NOT NULL,
  url text,
  metadata jsonb NOT NULL,
  status text NOT NULL,
  version integer,
  latest_version integer NOT NULL,
  characters integer,
  chunks integer NOT NULL DEFAULT 0,
  words integer NOT NULL DEFAULT 0,
  bytes integer NOT NULL,
  content_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX document_external_id ON rag.document (collection_key, md5(external_id)) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX document_anonymous_content ON rag.document (collection_key, content_hash) WHERE external_id IS NULL;
CREATE INDEX document_content ON rag.document (collection_key, content_hash);
CREATE INDEX document_page ON rag.document (collection_key, id);
CREATE TABLE rag.deleted_document (
  tenant_id text NOT NULL,
  collection_key integer NOT NULL REFERENCES rag.collection ON DELETE CASCADE,
  external_id text NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX deleted_document_external_id ON rag.deleted_document (collection_key, md5(external_id));
CREATE TABLE rag.document_version (
  tenant_id text NOT NULL,
  document_key integer NOT NULL REFERENCES rag.document ON DELETE CASCADE,
  version integer NOT NULL,
  title text,
  media_type text NOT NULL,
  charset text,
  content_hash text NOT NULL,
  blob text NOT NULL,
  content text,
  characters integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document_key, version)
);
COMMENT ON COLUMN rag.document_version.title IS 'As given by the caller; null: taken from the document.';
CREATE TABLE rag.job (
  tenant_id text NOT NULL,
  id text PRIMARY KEY,
  document_key integer NOT NULL REFERENCES rag.document ON DELETE CASCADE,
  version integer NOT NULL,
  status text NOT NULL,
  done integer NOT NULL DEFAULT 0,
  total integer NOT NULL DEFAULT 0,
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX job_document ON rag.job (document_key, version);`;

/**
 * The index. A posting is one word in one document: which of its chunks have it, how often, and how long those are.
 * Words of chunks whose version is not visible yet wait in staged_chunk_words.
 */
const index = `
CREATE TABLE rag.chunk (
  tenant_id text NOT NULL,
  document_key integer NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  start_at integer NOT NULL,
  end_at integer NOT NULL,
  heading_path text[] NOT NULL,
  context text,
  content text NOT NULL,
  PRIMARY KEY (document_key, version, ordinal),
  FOREIGN KEY (document_key, version) REFERENCES rag.document_version ON DELETE CASCADE
);
CREATE TABLE rag.staged_chunk_words (
  tenant_id text NOT NULL,
  document_key integer NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (document_key, version, ordinal),
  FOREIGN KEY (document_key, version, ordinal) REFERENCES rag.chunk ON DELETE CASCADE
);
CREATE TABLE rag.word (
  tenant_id text NOT NULL,
  collection_key integer NOT NULL REFERENCES rag.collection ON DELETE CASCADE,
  word text COLLATE "C" NOT NULL,
  documents integer NOT NULL,
  chunks integer NOT NULL,
  PRIMARY KEY (collection_key, word)
);
CREATE INDEX word_unused ON rag.word (collection_key) WHERE documents = 0;
CREATE TABLE rag.posting (
  tenant_id text NOT NULL,
  collection_key integer NOT NULL,
  word text COLLATE "C" NOT NULL,
  document_key integer NOT NULL REFERENCES rag.document ON DELETE CASCADE,
  version integer NOT NULL,
  document_words integer NOT NULL,
  frequency integer NOT NULL,
  ordinals integer[] NOT NULL,
  frequencies integer[] NOT NULL,
  lengths integer[] NOT NULL,
  PRIMARY KEY (collection_key, word, document_key)
);
CREATE INDEX posting_document ON rag.posting (document_key);
CREATE TABLE rag.vector_space (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  collection_key integer NOT NULL REFERENCES rag.collection ON DELETE CASCADE,
  model text NOT NULL,
  dimensions integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (collection_key, model)
);
CREATE TABLE rag.chunk_vector (
  tenant_id text NOT NULL,
  space_key integer NOT NULL REFERENCES rag.vector_space ON DELETE CASCADE,
  document_key integer NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  embedding vector NOT NULL,
  PRIMARY KEY (space_key, document_key, version, ordinal),
  FOREIGN KEY (document_key, version, ordinal) REFERENCES rag.chunk ON DELETE CASCADE
);
CREATE INDEX chunk_vector_chunk ON rag.chunk_vector (document_key, version, ordinal);`;

const tenantTables = [
  'collection', 'deleted_collection', 'document', 'deleted_document', 'document_version', 'job', 'chunk', 'staged_chunk_words', 'word', 'posting', 'vector_space', 'chunk_vector',
];

export class CollectionsDocumentsAndIndex20261123120000 implements MigrationInterface {
  readonly name = 'CollectionsDocumentsAndIndex20261123120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(roles('rag'));
    await runner.query('CREATE EXTENSION IF NOT EXISTS vector');
    for (const part of [collections, documents, index]) await runner.query(part);
    for (const table of tenantTables) await runner.query(tenantTable('rag', table));
    for (const part of [workTable('rag'), outboxTable('rag'), idempotencyTable('rag'), blobTables('rag')]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA rag CASCADE');
  }
}
