import { AppError } from '@faas/errors';
import type { RagClient } from '@faas/rag-client';
import type { Document } from '@faas/rag-contract';

const pageSize = 100;
/** Ends a listing that never ends: far more documents than the commands ever made. */
const maxPages = 10_000;

/** Every document of a collection, page by page. */
export async function* allDocuments(rag: RagClient, collection: string): AsyncGenerator<Document> {
  let after: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const { data, hasMore, lastId } = await rag.listDocuments(collection, { limit: pageSize, after });
    yield* data;
    if (!hasMore || lastId === null) return;
    after = lastId;
  }
  throw new AppError('UPSTREAM_FAILED', `The list of documents in ${collection} does not end.`);
}
