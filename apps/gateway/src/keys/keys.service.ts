import { newId, type Page } from '@faas/api';
import { assertMayIssue, assertMayManageKeys, KeySigner, StoreRevocationList, toRevocationsAnswer } from '@faas/auth';
import { AppError } from '@faas/errors';
import type { IssuedKey, KeyCard, KeyQuery, KeyRequest, KeySet, Revocations } from '@faas/gateway-contract';
import type { Logger } from '@faas/logging';
import { requireContext, requirePrincipal, runInContext } from '@faas/request-context';
import type { IdempotencyStore } from '@faas/bootstrap';
import { issueOnce } from './idempotent-issue';
import { KeyStore, type StoredKey } from './key-store.port';

/** Issues, lists and revokes keys. */
export class KeysService {
  constructor(
    private readonly store: KeyStore,
    private readonly signer: KeySigner,
    private readonly revocationList: StoreRevocationList,
    private readonly idempotency: IdempotencyStore,
    private readonly logger: Logger,
  ) {}

  /**
   * @param idempotencyKey of the request, when it has one.
   * @throws AppError SCOPE_MISSING, REQUEST_INVALID, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_PROGRESS.
   */
  async issue(request: KeyRequest, idempotencyKey?: string): Promise<IssuedKey> {
    const principal = requirePrincipal();
    const tenant = request.tenant ?? principal.tenant;
    assertMayIssue(principal, { tenant, scopes: request.scopes });
    const once = { key: idempotencyKey, route: 'POST keys', body: request };
    return issueOnce(this.idempotency, once, { create: () => this.create(tenant, principal.subject, request), again: (id) => this.again(tenant, id) });
  }

  /** @throws AppError SCOPE_MISSING, CURSOR_INVALID. */
  async list({ tenant: asked, ...query }: KeyQuery): Promise<Page<KeyCard>> {
    const principal = requirePrincipal();
    const tenant = asked ?? principal.tenant;
    assertMayManageKeys(principal, tenant);
    const page = await inTenant(tenant, () => this.store.list(query));
    return { ...page, data: page.data.map(cardOf) };
  }

  /**
   * Holds here at once, elsewhere within 30 s. Who manages tenants may also revoke keys that this service has no row of:
   * those of other tenants, and those signed offline.
   *
   * @throws AppError KEY_NOT_FOUND, SCOPE_MISSING.
   */
  async revoke(id: string): Promise<void> {
    const principal = requirePrincipal();
    assertMayManageKeys(principal, principal.tenant);
    const known = await this.store.find(id);
    if (!known && !principal.scopes.includes('tenants:manage')) throw new AppError('KEY_NOT_FOUND', `There is no key ${id}.`);
    await this.store.revoke(id, known?.expiresAt ?? null);
    this.revocationList.invalidate();
    this.logger.info('key.revoked', { keyId: id });
  }

  publicKeys(): KeySet {
    return { keys: this.signer.jwks().keys.map((key) => ({ ...key })) };
  }

  async revocations(): Promise<{ body: Revocations; etag: string }> {
    return toRevocationsAnswer(await this.store.revokedIds());
  }

  private async create(tenant: string, createdBy: string, { name = 'key', scopes, expiresAt }: KeyRequest): Promise<IssuedKey> {
    const id = newId('key');
    const issued = await this.signer.issue({ tenant, subject: id, scopes, keyId: id, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) });
    const stored = { id, tenant, name, scopes: [...new Set(scopes)], createdAt: issued.issuedAt, createdBy, expiresAt: issued.expiresAt };
    await inTenant(tenant, () => this.store.save(stored));
    this.logger.info('key.issued', { keyId: id, keyTenant: tenant, scopes: stored.scopes });
    return { ...cardOf({ ...stored, revokedAt: null }), key: issued.key };
  }

  /** The same key: same id, rights and end. */
  private async again(tenant: string, id: string): Promise<IssuedKey> {
    const stored = await inTenant(tenant, () => this.store.find(id));
    if (!stored) throw new AppError('KEY_NOT_FOUND', `There is no key ${id}.`);
    const { key } = await this.signer.issue({ tenant, subject: id, scopes: stored.scopes, keyId: id, expiresAt: stored.expiresAt });
    return { ...cardOf(stored), key };
  }
}

/** A key for another tenant belongs to that tenant's rows. */
function inTenant<T>(tenant: string, work: () => Promise<T>): Promise<T> {
  const context = requireContext();
  return runInContext({ ...context, principal: { ...requirePrincipal(), tenant } }, work);
}

function cardOf({ id, tenant, name, scopes, createdAt, createdBy, expiresAt, revokedAt }: StoredKey): KeyCard {
  return { id, tenant, name, scopes: [...scopes], createdAt: createdAt.toISOString(), createdBy, expiresAt: expiresAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}
