import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { parseJwks } from '../key-sets/jwks.schema';
import { StaticKeySet } from '../key-sets/static.adapter';
import { craftToken, unsigned, withHmac, type Json } from '../test/crafted-token';
import { ScriptedRevocationList } from '../test/scripted-revocation-list';
import { IssuerTokens } from './issuer-token.kind';
import { parseIssuers } from './issuer.schema';
import { RememberingVerifier } from './remembering.verifier';

const now = Date.parse('2026-11-23T10:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
const withRsa = (input: Buffer) => sign('sha256', input, createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })));
const entry = { issuer: 'https://login.example', jwksUrl: 'https://login.example/jwks', audience: 'faas', algorithms: ['RS256'], tenantClaim: 'custom:tenant', scopeClaim: 'scope' };
const verifierOf = (changes: Json = {}) => {
  const [issuer] = parseIssuers(JSON.stringify([{ ...entry, ...changes }]));
  return new RememberingVerifier([new IssuerTokens(issuer!, new StaticKeySet(parseJwks({ keys: [jwk] })), () => now)], new ScriptedRevocationList(), () => now);
};
const token = (changes: Json = {}, header: Json = {}, signWith = withRsa) =>
  craftToken({ alg: 'RS256', kid: 'one', ...header }, { iss: entry.issuer, aud: 'faas', sub: 'user-1', 'custom:tenant': 'acme', scope: 'openid rag:read rag:write', exp: now / 1000 + 60, ...changes }, signWith);
const rejects = (value: string, verifier = verifierOf()) => expect(verifier.verify(value)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });

describe('a token of another issuer', () => {
  it('acts in the tenant of its claim, with the scopes that mean something here', async () => {
    await expect(verifierOf().verify(token())).resolves.toEqual({ tenant: 'acme', subject: 'user-1', scopes: ['rag:read', 'rag:write'] });
    await expect(verifierOf().verify(token({ scope: ['rag:read'], aud: ['x', 'faas'] }, { kid: undefined }))).resolves.toMatchObject({ scopes: ['rag:read'] });
    await expect(verifierOf().verify(token({ scope: undefined }))).resolves.toMatchObject({ scopes: [] });
  });

  it('acts in the fixed tenant of its issuer whatever it claims', async () => {
    const fixed = verifierOf({ tenant: 'partner', tenantClaim: undefined });
    await expect(fixed.verify(token({ 'custom:tenant': 'acme', tenant: 'acme' }))).resolves.toMatchObject({ tenant: 'partner' });
  });

  it('is refused without a proper tenant', async () => {
    for (const tenant of [undefined, '', 'A', ['acme'], 7]) await rejects(token({ 'custom:tenant': tenant }));
    await rejects(token(), verifierOf({ tenantClaim: '__proto__' }));
    await rejects(token(), verifierOf({ tenantClaim: 'constructor' }));
  });

  it('is refused for an unknown issuer, another audience, no subject or no end', async () => {
    for (const changes of [{ iss: 'https://evil.example' }, { iss: undefined }, { aud: 'other' }, { aud: undefined }, { sub: undefined }, { exp: undefined }, { nbf: now / 1000 + 60 }, { scope: 7 }]) await rejects(token(changes));
    await expect(verifierOf().verify(token({ exp: now / 1000 - 60 }))).rejects.toMatchObject({ code: 'CREDENTIAL_EXPIRED' });
  });

  it('is refused for an algorithm that its issuer does not use, none and shared secrets above all', async () => {
    await rejects(token({}, { alg: 'none' }, unsigned));
    await rejects(token({}, { alg: 'HS256' }, withHmac(publicKey.export({ format: 'pem', type: 'spki' }))));
    await rejects(token({}, { alg: 'HS256' }, withHmac(JSON.stringify(jwk))));
    await rejects(token({}, { alg: 'RS384' }, (input) => sign('sha384', input, privateKey)));
    await rejects(token({}, { kid: 'two' }));
    await rejects(token({}, {}, (input) => sign('sha256', input, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)));
  });

  it('does not pass for a key', () => rejects(`faas_${token()}`));
});

describe('AUTH_ISSUERS', () => {
  const parse = (changes: Json) => () => parseIssuers(JSON.stringify([{ ...entry, ...changes }]));
  const refused = (message: RegExp) => expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });

  it('may be absent or empty', () => {
    expect(parseIssuers(undefined)).toEqual([]);
    expect(parseIssuers(' ')).toEqual([]);
    expect(parseIssuers('[]')).toEqual([]);
  });

  it('is refused without exactly one tenant rule', () => {
    expect(parse({ tenantClaim: undefined })).toThrow(refused(/tenant/));
    expect(parse({ tenant: 'acme' })).toThrow(refused(/either/));
    expect(parse({ tenant: 'Acme', tenantClaim: undefined })).toThrow(refused(/tenant name/));
  });

  it('is refused with algorithms that need no private key', () => {
    for (const algorithms of [[], ['none'], ['HS256'], ['RS256', 'HS512']]) expect(parse({ algorithms })).toThrow(refused(/algorithms/));
  });

  it('is refused with keys over plain HTTP, names that are taken, or an issuer twice', () => {
    expect(parse({ jwksUrl: 'http://login.example/jwks' })).toThrow(refused(/https/));
    expect(parse({ jwksUrl: 'file:///etc/passwd' })).toThrow(refused(/jwksUrl/));
    expect(parse({ jwksUrl: 'http://127.0.0.1:9000/jwks' })).not.toThrow();
    for (const issuer of ['faas', 'gateway', 'rag', 'agent']) expect(parse({ issuer })).toThrow(refused(/taken/));
    expect(() => parseIssuers(JSON.stringify([entry, entry]))).toThrow(refused(/twice/));
    expect(() => parseIssuers('{')).toThrow(refused(/JSON/));
    expect(parse({ audience: undefined })).toThrow(refused(/audience/));
    expect(parse({ unknown: 1 })).toThrow(refused(/AUTH_ISSUERS/));
  });
});

describe('a key set', () => {
  it('never takes over shared secrets or private members, and ignores keys it cannot use', () => {
    const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' };
    const parsed = parseJwks({ keys: [secret, { kty: 'RSA' }, { ...privateKey.export({ format: 'jwk' }), kid: 'private' }, 7, null] });
    expect(parsed.keys).toEqual([{ kty: 'RSA', n: jwk.n, e: jwk.e, kid: 'private' }]);
    expect(() => parseJwks({ keys: [secret] })).toThrow(/no usable/);
    expect(() => parseJwks({})).toThrow();
  });
});
