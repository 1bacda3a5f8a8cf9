import type { TokenUsage } from '../providers/token-usage';
import type { PageQuery, Page } from '@faas/api';

/** What one call used. */
export interface UsageEntry {
  readonly createdAt: Date;
  readonly tenant: string;
  readonly subject: string;
  readonly keyId: string | null;
  readonly requestId: string;
  readonly operation: 'chat' | 'embeddings';
  readonly provider: string;
  readonly model: string;
  readonly streamed: boolean;
  readonly outcome: 'succeeded' | 'failed' | 'aborted';
  readonly errorCode: string | null;
  readonly tokens: TokenUsage;
  readonly costNanoUsd: number | null;
  readonly settlement: 'exact' | 'estimated';
  readonly attempts: number;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs: number | null;
}

export type StoredUsage = UsageEntry & { readonly id: string };

/**
 * Keeps one row per model call.
 *
 * Promise: `append` writes all entries of one tenant or none. `list` shows the tenant of the request context, newest
 * first. Idempotent: an entry is identified by the id given to it, a second append of it changes nothing. Errors: AppError
 * CURSOR_INVALID (list), DATABASE_BUSY, DATABASE_UNAVAILABLE. Deadline: the database's own.
 */
export abstract class UsageStore {
  /** @param entries all of one tenant, at most 500. */
  abstract append(tenant: string, entries: readonly StoredUsage[]): Promise<void>;
  abstract list(query: PageQuery): Promise<Page<StoredUsage>>;
}
