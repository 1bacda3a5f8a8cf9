import { toPage, type Page, type PageQuery } from '@faas/api';
import { pagedByCreation, type Database } from '@faas/database';
import { In } from 'typeorm';
import { KeyEntity } from '../../database/key.entity';
import { RevokedKeyEntity } from '../../database/revoked-key.entity';
import { KeyStore, type StoredKey } from '../key-store.port';

export class PostgresKeyStore extends KeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async save({ tenant, scopes, ...key }: Omit<StoredKey, 'revokedAt'>): Promise<void> {
    await this.database.inTenant(() => this.database.manager.insert(KeyEntity, { ...key, tenantId: tenant, scopes: [...scopes] }));
  }

  list({ limit, after }: PageQuery): Promise<Page<StoredKey>> {
    return this.database.inTenant(async () => {
      const page = toPage(await pagedByCreation(this.database.manager, KeyEntity, { limit, after }), limit);
      return { ...page, data: await this.withRevocations(page.data) };
    });
  }

  find(id: string): Promise<StoredKey | undefined> {
    return this.database.inTenant(async () => {
      const key = await this.database.manager.findOneBy(KeyEntity, { id });
      const [stored] = await this.withRevocations(key ? [key] : []);
      return stored;
    });
  }

  async revoke(id: string, expiresAt: Date | null): Promise<void> {
    await this.database.inTenant(async () => {
      const { manager } = this.database;
      await manager.query(`INSERT INTO gateway.revoked_key (id, revoked_at, expires_at) VALUES ($1, now(), $2) ON CONFLICT (id) DO NOTHING`, [id, expiresAt]);
      // What has ended needs no revocation any more; cleared here, so that the list stays short without a job of its own.
      await manager.query(`DELETE FROM gateway.revoked_key WHERE expires_at < now() - interval '30 days'`);
    });
  }

  async revokedIds(): Promise<string[]> {
    const rows = await this.database.asWorker(() => this.database.manager.query<{ id: string }[]>(`SELECT id FROM gateway.revoked_key WHERE expires_at IS NULL OR expires_at > now() ORDER BY id`));
    return rows.map(({ id }) => id);
  }

  private async withRevocations(keys: readonly KeyEntity[]): Promise<StoredKey[]> {
    if (keys.length === 0) return [];
    const revoked = await this.database.manager.findBy(RevokedKeyEntity, { id: In(keys.map(({ id }) => id)) });
    const dates = new Map(revoked.map(({ id, revokedAt }) => [id, revokedAt]));
    return keys.map(({ tenantId, ...key }) => ({ ...key, tenant: tenantId, revokedAt: dates.get(key.id) ?? null }));
  }
}
