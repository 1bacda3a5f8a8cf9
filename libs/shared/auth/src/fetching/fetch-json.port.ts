export type FetchedJson =
  | { readonly modified: true; readonly body: unknown; readonly etag?: string }
  /** The server still has what `etag` named (304). */
  | { readonly modified: false };

/**
 * A GET that expects JSON.
 *
 * Promise: ends within 5 s and reads 8 MiB at most. Errors: any, when the answer is not 200 with JSON or 304; the caller
 * falls back on what it fetched before. Idempotent.
 */
export type FetchJson = (url: string, options?: { readonly etag?: string }) => Promise<FetchedJson>;
