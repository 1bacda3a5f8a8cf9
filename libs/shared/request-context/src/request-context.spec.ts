import { setTimeout as sleep } from 'node:timers/promises';
import { assertOutsideTransaction, currentContext, remainingMs, requirePrincipal, requireTenant, runInContext, runInTransactionScope } from './index';

const context = (tenant: string) => ({ requestId: `r-${tenant}`, principal: { tenant, subject: 's', scopes: [] } });

describe('request context', () => {
  it('keeps parallel requests apart across awaits', async () => {
    const seen = await Promise.all(
      ['a', 'b', 'c'].map((tenant, index) =>
        runInContext(context(tenant), async () => {
          await sleep(5 * (3 - index));
          return requireTenant();
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(currentContext()).toBeUndefined();
  });

  it('refuses to name a tenant for an unauthenticated request', () => {
    runInContext({ requestId: 'r' }, () => expect(() => requirePrincipal()).toThrow(expect.objectContaining({ code: 'CREDENTIAL_MISSING' })));
    expect(() => requireTenant()).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('counts the time left, never below zero', () => {
    expect(remainingMs(500)).toBe(500);
    runInContext({ requestId: 'r', deadline: 1_000 }, () => {
      expect(remainingMs(500, 900)).toBe(100);
      expect(remainingMs(500, 2_000)).toBe(0);
    });
  });
});

describe('transaction scope', () => {
  it('refuses calls that leave the process while a transaction is open', async () => {
    assertOutsideTransaction('cache.get');
    await runInTransactionScope(async () => {
      await sleep(1);
      expect(() => assertOutsideTransaction('cache.get')).toThrow(expect.objectContaining({ code: 'EXTERNAL_CALL_IN_TRANSACTION' }));
    });
    assertOutsideTransaction('cache.get');
  });
});
