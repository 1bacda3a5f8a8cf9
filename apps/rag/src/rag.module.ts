import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Cache } from '@faas/cache';
import { BlobStore, Database, Outbox, WorkQueue } from '@faas/database';
import type { GatewayClient } from '@faas/gateway-client';
import { EgressGuard } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import type { FastifyInstance } from 'fastify';
import { CollectionStore } from './collections/collection.store';
import { CollectionsController } from './collections/collections.controller';
import { CollectionsService } from './collections/collections.service';
import { DocumentStore } from './documents/document.store';
import { DocumentsController } from './documents/documents.controller';
import { DocumentsService } from './documents/documents.service';
import { registerMultipart } from './documents/multipart';
import { UploadReader } from './documents/upload-reader';
import { HtmlFormat } from './formats/document-formats/html.adapter';
import { MarkdownFormat } from './formats/document-formats/markdown.adapter';
import { PdfFormat } from './formats/document-formats/pdf.adapter';
import { PlainTextFormat } from './formats/document-formats/plain-text.adapter';
import { FormatRegistry } from './formats/format-registry';
import { ChunkStore } from './ingestion/chunk.store';
import { IngestionHandler } from './ingestion/ingestion.handler';
import { JobStore } from './ingestion/job.store';
import { JobsController } from './ingestion/jobs.controller';
import { JobsService } from './ingestion/jobs.service';
import { GatewayAnswerModel } from './query/answer-models/gateway.adapter';
import { QueryController } from './query/query.controller';
import { QueryService } from './query/query.service';
import type { RagConfig } from './rag.config';
import { CachedEmbedder } from './search/embedders/cached.adapter';
import { GatewayEmbedder } from './search/embedders/gateway.adapter';
import { PostgresLexicalIndex } from './search/lexical-indexes/postgres.adapter';
import { SearchController } from './search/search.controller';
import { SearchService } from './search/search.service';
import { PgvectorIndex } from './search/vector-indexes/pgvector.adapter';
import { VectorIndexing } from './search/vector-indexing';

export interface RagDependencies {
  readonly config: RagConfig;
  readonly logger: Logger;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly queue: WorkQueue;
  readonly outbox: Outbox;
  readonly gateway: GatewayClient;
  readonly cache: Cache;
  /** Tells a worker that there is work. */
  readonly wake: () => void;
}

export interface WiredRag {
  readonly module: DynamicModule;
  readonly ingestion: IngestionHandler;
}

/** Which adapter fills which port; plain constructor arguments, read from top to bottom the whole service. */
export function wireRag({ config, logger, database, blobs, queue, outbox, gateway, cache, wake }: RagDependencies): WiredRag {
  const collections = new CollectionStore(database);
  const documents = new DocumentStore(database);
  const jobs = new JobStore(database);
  const chunks = new ChunkStore(database);
  const lexical = new PostgresLexicalIndex(database);
  const vectors = new PgvectorIndex(database);
  const embedder = config.EMBEDDING_MODEL ? new GatewayEmbedder(gateway, config.EMBEDDING_MODEL) : undefined;
  const vectorIndexing = new VectorIndexing(vectors, embedder);
  const pdf = new PdfFormat({ maxPages: config.PDF_MAX_PAGES, deadlineMs: config.PDF_TIMEOUT_MS });
  const formats = new FormatRegistry([new PlainTextFormat(), new MarkdownFormat(), new HtmlFormat(), pdf]);
  const guard = new EgressGuard({ allowedHosts: config.URL_ALLOWED_HOSTS });
  const reader = new UploadReader(guard, { maxBytes: config.MAX_BODY_BYTES, timeoutMs: config.URL_TIMEOUT_MS });
  const searches = new SearchService(database, collections, chunks, lexical, vectors, embedder && new CachedEmbedder(embedder, cache), logger);

  return {
    module: {
      module: RagModule,
      controllers: [CollectionsController, DocumentsController, JobsController, SearchController, QueryController],
      providers: [
        { provide: MULTIPART, inject: [HttpAdapterHost], useFactory: (host: HttpAdapterHost) => registerMultipart(host.httpAdapter.getInstance() as FastifyInstance, config.MAX_BODY_BYTES) },
        { provide: CollectionsService, useValue: new CollectionsService(database, collections, blobs) },
        { provide: DocumentsService, useValue: new DocumentsService(database, collections, documents, jobs, lexical, vectorIndexing, blobs, queue, outbox, formats, reader, wake) },
        { provide: JobsService, useValue: new JobsService(database, jobs, documents) },
        { provide: SearchService, useValue: searches },
        { provide: QueryService, useValue: new QueryService(searches, new GatewayAnswerModel(gateway), config.ANSWER_MODEL) },
      ],
    },
    ingestion: new IngestionHandler(database, queue, outbox, jobs, documents, chunks, lexical, vectorIndexing, blobs, formats, logger),
  };
}

const MULTIPART = Symbol('multipart');

@Module({})
export class RagModule {}
