import type { RagClient } from '@faas/rag-client';
import { CollectionDirectory } from '../collection-directory.port';

/** Managing agents does not wait long for a neighbour. */
const TIMEOUT_MS = 5_000;

/** Asks the rag service. */
export class RagCollectionDirectory extends CollectionDirectory {
  constructor(private readonly rag: Pick<RagClient, 'getCollection'>) {
    super();
  }

  async require(collection: string): Promise<void> {
    await this.rag.getCollection(collection, { timeoutMs: TIMEOUT_MS });
  }
}
