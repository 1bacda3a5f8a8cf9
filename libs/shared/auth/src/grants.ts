import { AppError } from '@faas/errors';
import type { Principal } from '@faas/request-context';
import { tenantName } from './claims';

/** @throws AppError SCOPE_MISSING naming the scope. */
export function requireScope(principal: Principal, scope: string): void {
  if (principal.scopes.includes(scope)) return;
  throw new AppError('SCOPE_MISSING', `This needs the scope "${scope}". The credential has: ${principal.scopes.join(', ') || 'none'}.`, { details: { scope } });
}

/**
 * Who may list and revoke the keys of a tenant: `keys:manage` for one's own, `tenants:manage` for any.
 *
 * @throws AppError SCOPE_MISSING naming the scope, REQUEST_INVALID for a malformed tenant.
 */
export function assertMayManageKeys(principal: Principal, tenant: string): void {
  const parsed = tenantName.safeParse(tenant);
  if (!parsed.success) throw new AppError('REQUEST_INVALID', 'tenant: expected lower-case letters, digits and hyphens, 63 characters at most.', { details: { issues: [{ path: ['tenant'], message: 'is not a tenant name' }] } });
  if (principal.scopes.includes('tenants:manage')) return;
  if (tenant !== principal.tenant) requireScope(principal, 'tenants:manage');
  requireScope(principal, 'keys:manage');
}

/**
 * Nobody hands out more than they have.
 *
 * @throws AppError SCOPE_MISSING naming the first scope that `principal` lacks, REQUEST_INVALID for a malformed tenant.
 */
export function assertMayIssue(principal: Principal, { tenant, scopes }: { readonly tenant: string; readonly scopes: readonly string[] }): void {
  assertMayManageKeys(principal, tenant);
  for (const scope of scopes) requireScope(principal, scope);
}
