import type { createCollectionRequest, createDocumentRequest, DocumentMetadata, Job, MediaType, patchCollectionRequest, putCollectionRequest, QueryInput } from '@faas/rag-contract';
import type * as z from 'zod';

/** What a caller writes: fields with defaults may be left out. */
export type NewCollection = z.input<typeof createCollectionRequest>;
export type CollectionDefinition = z.input<typeof putCollectionRequest>;
export type CollectionChanges = z.input<typeof patchCollectionRequest>;
export type TextOrUrl = z.input<typeof createDocumentRequest>;
export type Question = Omit<QueryInput, 'stream'>;

export interface FileUpload {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Content type of the file, with its charset where it has one. */
  readonly type?: string;
  /** Takes precedence over `type` and the name. */
  readonly mediaType?: MediaType;
  readonly externalId?: string;
  readonly title?: string;
  readonly metadata?: DocumentMetadata;
  readonly restoreDeleted?: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call. */
  readonly timeoutMs?: number;
  /** Makes a POST safe to repeat for 24 h. */
  readonly idempotencyKey?: string;
}

export interface ListOptions extends CallOptions {
  readonly limit?: number;
  /** `lastId` of the page before. */
  readonly after?: string;
}

export interface VersionOptions extends CallOptions {
  /** Default: the version that is searched. */
  readonly version?: number;
}

export interface JobOptions extends CallOptions {
  readonly onProgress?: (job: Job) => void;
}
