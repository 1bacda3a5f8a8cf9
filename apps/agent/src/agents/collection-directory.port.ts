/**
 * Knows which collections exist.
 *
 * Promise: resolves when the collection exists for the tenant of the request. Idempotent. Errors: AppError
 * `COLLECTION_NOT_FOUND`, `SERVICE_UNAVAILABLE` when the rag service does not answer. Deadline: that of the request.
 */
export abstract class CollectionDirectory {
  abstract require(collection: string): Promise<void>;
}
