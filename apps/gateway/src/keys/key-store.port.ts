import type { Page, PageQuery } from '@faas/api';

export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/**
 * Keeps what is known about issued keys; never the keys themselves.
 *
 * Promise: `save`, `list` and `find` see the tenant of the request context only. `revoke` and `revokedIds` work across
 * tenants, on a table that holds ids and dates alone. `revoke` is idempotent: the first date stays. Errors: AppError
 * CURSOR_INVALID (list), CONFLICT (save of a known id), DATABASE_BUSY, DATABASE_UNAVAILABLE. Deadline: the database's own.
 */
export abstract class KeyStore {
  abstract save(key: Omit<StoredKey, 'revokedAt'>): Promise<void>;
  /** Newest first. */
  abstract list(query: PageQuery): Promise<Page<StoredKey>>;
  abstract find(id: string): Promise<StoredKey | undefined>;
  /** @param expiresAt when the key ends by itself; null when this service does not know. */
  abstract revoke(id: string, expiresAt: Date | null): Promise<void>;
  /** Ids of revoked keys that have not ended, of all tenants. */
  abstract revokedIds(): Promise<string[]>;
}
