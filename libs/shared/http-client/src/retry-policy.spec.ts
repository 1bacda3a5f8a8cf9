import fc from 'fast-check';
import { isIdempotent, retryAfterMs, retryDelay, type AttemptResult } from './retry-policy';

const situation = { attempt: 0, retries: 2, idempotent: true, remainingMs: 10_000 };

describe('the decision to repeat', () => {
  it('is made for busy and overloaded neighbours, and for idempotent requests only', () => {
    for (const status of [408, 425, 429, 502, 503, 504]) {
      expect(retryDelay({ kind: 'answered', status }, situation)).toBeDefined();
      expect(retryDelay({ kind: 'answered', status }, { ...situation, idempotent: false })).toBeUndefined();
    }
    for (const status of [200, 301, 400, 401, 403, 404, 409, 422, 500, 501]) expect(retryDelay({ kind: 'answered', status }, situation)).toBeUndefined();
  });

  it('is made for every request that was never sent', () => {
    const once = { ...situation, idempotent: false };
    expect(retryDelay({ kind: 'failed', sent: false, transient: true }, once)).toBeDefined();
    expect(retryDelay({ kind: 'failed', sent: true, transient: true }, once)).toBeUndefined();
    expect(retryDelay({ kind: 'failed', sent: false, transient: false }, situation)).toBeUndefined();
  });

  it('never waits beyond the deadline, nor less than Retry-After, nor more often than configured', () => {
    const result = fc.oneof(
      fc.record({ kind: fc.constant('answered' as const), status: fc.constantFrom(200, 404, 429, 503), retryAfterMs: fc.option(fc.nat({ max: 20_000 }), { nil: undefined }) }),
      fc.record({ kind: fc.constant('failed' as const), sent: fc.boolean(), transient: fc.boolean() }),
    );
    fc.assert(
      fc.property(result, fc.nat({ max: 5 }), fc.boolean(), fc.nat({ max: 20_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (outcome: AttemptResult, attempt, idempotent, remainingMs, random) => {
        const delay = retryDelay(outcome, { attempt, retries: 3, idempotent, remainingMs }, () => random);
        if (delay === undefined) return;
        expect(attempt).toBeLessThan(3);
        expect(delay).toBeLessThan(Math.max(remainingMs, 1));
        if (outcome.kind === 'answered') expect(delay).toBeGreaterThanOrEqual(outcome.retryAfterMs ?? 0);
      }),
    );
  });
});

describe('idempotence', () => {
  it('follows the method, an idempotency key or what the caller says', () => {
    expect(['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'].map((method) => isIdempotent({ method: method as 'GET', path: '/' }))).toEqual([true, true, true, true, false, false]);
    expect(isIdempotent({ method: 'POST', path: '/', idempotencyKey: 'k' })).toBe(true);
    expect(isIdempotent({ method: 'POST', path: '/', idempotent: true })).toBe(true);
    expect(isIdempotent({ method: 'GET', path: '/', idempotent: false })).toBe(false);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '150', 'retry-after': '9' }, 150],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, 3_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5x' }, undefined],
    [{}, undefined],
  ])('%j is %p ms', (headers, expected) => expect(retryAfterMs(headers as Record<string, string>, now)).toBe(expected));
});
