/** The answer that is given again when the same request is repeated. */
export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type IdempotencyState =
  | { readonly state: 'started'; readonly token: string }
  | { readonly state: 'in-progress' }
  | { readonly state: 'other-body' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer };

/**
 * Remembers per tenant which Idempotency-Key got which answer.
 *
 * Promise: of any number of processes that begin with the same key at once, exactly one gets `started`; the others get
 * `in-progress` until `complete` or `abandon`. An attempt whose process died frees the key after its lease. Answers are
 * kept 24 h. The tenant comes from the request context. Errors: AppError of the store behind it.
 */
export abstract class IdempotencyStore {
  abstract begin(request: { key: string; route: string; bodyHash: string }): Promise<IdempotencyState>;
  abstract complete(token: string, answer: StoredAnswer): Promise<void>;
  abstract abandon(token: string): Promise<void>;
}
