import type { MediaType } from '@faas/rag-contract';
import type { StructuredText } from './structured-text';

export interface Original {
  readonly bytes: Uint8Array;
  /** As announced with the upload; of text formats only. */
  readonly charset?: string;
}

/**
 * Reads one media type. Parsers are imported on first use, so that a process that never meets a format never loads it.
 *
 * Promise: deterministic, the same bytes give the same text and blocks; no network; nothing in the document is executed.
 * Errors: AppError DOCUMENT_UNREADABLE, DOCUMENT_ENCRYPTED or DOCUMENT_EMPTY.
 */
export abstract class DocumentFormat {
  abstract readonly mediaType: MediaType;
  /** Says within a request whether the document can be read at all; may read only its beginning. */
  abstract check(original: Original): Promise<void>;
  abstract read(original: Original): Promise<StructuredText>;
}
