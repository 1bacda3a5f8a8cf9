import { scopes as allScopes } from '@faas/api';
import * as fc from 'fast-check';
import { assertMayIssue, assertMayManageKeys, requireScope } from './grants';

const principal = (...scopes: string[]) => ({ tenant: 'acme', subject: 'ci', scopes });
const missing = (scope: string) => expect.objectContaining({ code: 'SCOPE_MISSING', status: 403, details: { scope } });

describe('issuing keys', () => {
  it('needs keys:manage in the own tenant and tenants:manage in any other', () => {
    const request = { tenant: 'acme', scopes: ['rag:read'] };
    expect(() => assertMayIssue(principal('keys:manage', 'rag:read'), request)).not.toThrow();
    expect(() => assertMayIssue(principal('tenants:manage', 'rag:read'), request)).not.toThrow();
    expect(() => assertMayIssue(principal('rag:read'), request)).toThrow(missing('keys:manage'));
    expect(() => assertMayIssue(principal('keys:manage', 'rag:read'), { ...request, tenant: 'other' })).toThrow(missing('tenants:manage'));
    expect(() => assertMayIssue(principal('tenants:manage', 'rag:read'), { ...request, tenant: 'other' })).not.toThrow();
  });

  it('never gives a scope that the issuer lacks', () => {
    fc.assert(
      fc.property(fc.subarray([...allScopes]), fc.subarray([...allScopes]), fc.constantFrom('acme', 'other'), (held, asked, tenant) => {
        const allowed = asked.every((scope) => held.includes(scope)) && (held.includes('tenants:manage') || (tenant === 'acme' && held.includes('keys:manage')));
        const attempt = () => assertMayIssue(principal(...held), { tenant, scopes: asked });
        if (allowed) expect(attempt).not.toThrow();
        else expect(attempt).toThrow(expect.objectContaining({ code: 'SCOPE_MISSING' }));
      }),
    );
  });

  it('is refused for a malformed tenant', () => {
    for (const tenant of ['', 'A', '-a', 'a'.repeat(64), 'a b', 'a\n']) expect(() => assertMayManageKeys(principal('tenants:manage'), tenant)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

describe('requireScope', () => {
  it('names the scope that is missing and those that are there', () => {
    expect(() => requireScope(principal('rag:read'), 'rag:write')).toThrow(/"rag:write".*rag:read/);
    expect(() => requireScope(principal('rag:read'), 'rag:read')).not.toThrow();
    expect(() => requireScope(principal(), 'rag:read')).toThrow(missing('rag:read'));
  });
});
