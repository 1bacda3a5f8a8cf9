import { credentialFrom } from './credential';

describe('the credential of a request', () => {
  it('stands in any of three headers', () => {
    expect(credentialFrom({ authorization: 'Bearer faas_a' })).toBe('faas_a');
    expect(credentialFrom({ authorization: 'bearer   faas_a ' })).toBe('faas_a');
    expect(credentialFrom({ 'x-api-key': 'faas_a' })).toBe('faas_a');
    expect(credentialFrom({ 'x-goog-api-key': 'faas_a' })).toBe('faas_a');
  });

  it('may be sent in several of them when it is the same', () => {
    expect(credentialFrom({ authorization: 'Bearer faas_a', 'x-api-key': 'faas_a', 'x-goog-api-key': ['faas_a', 'faas_a'] })).toBe('faas_a');
  });

  it('is refused when there are two', () => {
    const ambiguous = expect.objectContaining({ code: 'CREDENTIAL_AMBIGUOUS', status: 400 });
    expect(() => credentialFrom({ authorization: 'Bearer faas_a', 'x-api-key': 'faas_b' })).toThrow(ambiguous);
    expect(() => credentialFrom({ 'x-api-key': 'faas_a', 'x-goog-api-key': 'faas_b' })).toThrow(ambiguous);
    expect(() => credentialFrom({ 'x-api-key': 'faas_a, faas_b' })).toThrow(ambiguous);
    expect(() => credentialFrom({ authorization: ['Bearer faas_a', 'Bearer faas_b'] })).toThrow(ambiguous);
  });

  it('is absent when the headers are absent or empty', () => {
    for (const headers of [{}, { authorization: '' }, { authorization: 'Bearer ' }, { authorization: 'Bearer' }, { 'x-api-key': ' ' }, { 'x-goog-api-key': [] }]) expect(credentialFrom(headers)).toBeUndefined();
  });

  it('is refused in another scheme, which is never ignored', () => {
    const invalid = expect.objectContaining({ code: 'CREDENTIAL_INVALID' });
    for (const authorization of ['Basic dTpw', 'faas_a', 'Bearer faas_a faas_b']) {
      expect(() => credentialFrom({ authorization })).toThrow(invalid);
      expect(() => credentialFrom({ authorization, 'x-api-key': 'faas_a' })).toThrow(invalid);
    }
  });
});
