import type { DocumentMetadata, MediaType } from '@faas/rag-contract';

/** A document as it arrived, whichever way. */
export interface Upload {
  readonly bytes: Uint8Array;
  readonly mediaType: MediaType;
  readonly charset?: string;
  readonly externalId?: string;
  readonly url?: string;
  /** As given by the caller. */
  readonly title?: string;
  /** What the document is called until it is read. */
  readonly name?: string;
  readonly metadata?: DocumentMetadata;
  readonly restoreDeleted: boolean;
}
