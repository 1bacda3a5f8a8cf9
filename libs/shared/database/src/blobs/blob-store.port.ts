/**
 * Original bytes of documents. Promise: what `put` returned an id for is read back unchanged until `delete`. All calls
 * belong to the caller's transaction where the adapter's store has one. Errors: AppError of the store behind it;
 * `read` of an unknown id throws INTERNAL, since ids never come from callers.
 */
export abstract class BlobStore {
  /** @returns the blob's id. */
  abstract put(bytes: Uint8Array): Promise<string>;
  /** The whole blob; callers bound its size when they accept it. */
  abstract read(id: string): Promise<Uint8Array>;
  /** Unknown ids are left alone. */
  abstract delete(ids: readonly string[]): Promise<void>;
}
