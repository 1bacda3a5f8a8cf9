import { toPage, type Page, type PageQuery } from '@faas/api';
import { pagedByCreation, type Database } from '@faas/database';
import { runInContext } from '@faas/request-context';
import { ModelCallEntity } from '../../database/model-call.entity';
import { UsageStore, type StoredUsage } from '../usage-store.port';

/** Who writes, also outside of a request: the rows say who called. */
const RECORDER = { subject: 'usage-recorder', scopes: [] };

export class PostgresUsageStore extends UsageStore {
  constructor(private readonly database: Database) {
    super();
  }

  async append(tenant: string, entries: readonly StoredUsage[]): Promise<void> {
    await runInContext({ requestId: entries[0]?.requestId ?? '', principal: { ...RECORDER, tenant } }, () =>
      this.database.inTenant(() => this.database.manager.createQueryBuilder().insert().into(ModelCallEntity).values(entries.map(rowOf)).orIgnore().updateEntity(false).execute()),
    );
  }

  list({ limit, after }: PageQuery): Promise<Page<StoredUsage>> {
    return this.database.inTenant(async () => {
      const page = toPage(await pagedByCreation(this.database.manager, ModelCallEntity, { limit, after }), limit);
      return { ...page, data: page.data.map(entryOf) };
    });
  }
}

function rowOf({ tenant, tokens, ...entry }: StoredUsage): ModelCallEntity {
  return {
    ...entry,
    tenantId: tenant,
    inputTokens: tokens.input,
    cacheReadTokens: tokens.cacheRead,
    cacheWriteTokens: tokens.cacheWrite,
    cacheWriteLongTokens: tokens.cacheWriteLong,
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning,
  };
}

function entryOf(row: ModelCallEntity): StoredUsage {
  const { tenantId, inputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens, outputTokens, reasoningTokens, ...entry } = row;
  const tokens = { input: inputTokens, cacheRead: cacheReadTokens, cacheWrite: cacheWriteTokens, cacheWriteLong: cacheWriteLongTokens, output: outputTokens, reasoning: reasoningTokens };
  return { ...entry, tenant: tenantId, tokens };
}
