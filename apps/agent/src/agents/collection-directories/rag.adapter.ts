import { CollectionDirectory } from '../collection-directory.port';

/** The one call this adapter makes; RagClient has it. */
export interface CollectionReader {
  getCollection(collection: string): Promise<unknown>;
}

/** Asks the rag service. */
export class RagCollectionDirectory extends CollectionDirectory {
  constructor(private readonly rag: CollectionReader) {
    super();
  }

  async require(collection: string): Promise<void> {
    await this.rag.getCollection(collection);
  }
}
