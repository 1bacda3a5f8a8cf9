import { parseExpiry, parseScopes } from './issue-key';

describe('key options', () => {
  it('reads scopes and names the ones there are', () => {
    expect(parseScopes('rag:read, agents:use')).toEqual(['rag:read', 'agents:use']);
    expect(() => parseScopes('rag:raed')).toThrow(/Unknown scope 'rag:raed'.*rag:read/);
    expect(() => parseScopes(' ')).toThrow(/There are/);
  });

  it('reads a time span or a date to come', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseExpiry('2d', now).toISOString()).toBe('2026-01-03T00:00:00.000Z');
    expect(parseExpiry('12h', now).toISOString()).toBe('2026-01-01T12:00:00.000Z');
    expect(parseExpiry('2027-01-31', now).toISOString()).toBe('2027-01-31T00:00:00.000Z');
    for (const text of ['0d', 'soon', '2025-01-01']) expect(() => parseExpiry(text, now)).toThrow(/not a time to come/);
  });
});
