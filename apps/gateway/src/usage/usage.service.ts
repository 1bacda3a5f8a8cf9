import type { Page, PageQuery } from '@faas/api';
import type { UsageRecord } from '@faas/gateway-contract';
import { UsageStore, type StoredUsage } from './usage-store.port';

/** What this tenant's calls used. */
export class UsageService {
  constructor(private readonly store: UsageStore) {}

  /** Newest first. @throws AppError CURSOR_INVALID. */
  async list(query: PageQuery): Promise<Page<UsageRecord>> {
    const page = await this.store.list(query);
    return { ...page, data: page.data.map(recordOf) };
  }
}

function recordOf({ tenant: _tenant, provider, model, tokens, createdAt, ...entry }: StoredUsage): UsageRecord {
  const { input, cacheRead, cacheWrite, cacheWriteLong, output, reasoning } = tokens;
  return { ...entry, model: `${provider}/${model}`, createdAt: createdAt.toISOString(), tokens: { input, cacheRead, cacheWrite: cacheWrite + cacheWriteLong, output, reasoning } };
}
