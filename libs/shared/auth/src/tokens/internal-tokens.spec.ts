import { createHmac, hkdfSync } from 'node:crypto';
import { deriveSigningKey } from '../keys/ed25519-key';
import { StaticKeySet } from '../key-sets/static.adapter';
import { craftToken, keyHeader, keyPayload, unsigned, withEd25519, withHmac, type Json } from '../test/crafted-token';
import { ScriptedRevocationList } from '../test/scripted-revocation-list';
import { InternalTokens, type ServiceName } from './internal-tokens';
import { KeyTokens } from './key-token.kind';
import { RememberingVerifier } from './remembering.verifier';

const secret = 'service-secret-service-secret-service';
const start = Date.parse('2026-11-23T10:00:00Z');
const principal = { tenant: 'acme', subject: 'ci', scopes: ['rag:read'], keyId: `key_${'1'.repeat(32)}` };
let now = start;
const clock = () => now;
const tokensOf = (service: ServiceName, shared = secret) => new InternalTokens({ service, secret: shared, clock });
const verifierOf = (service: ServiceName, shared = secret) => new RememberingVerifier([tokensOf(service, shared)], new ScriptedRevocationList(), clock);
const derived = Buffer.from(hkdfSync('sha256', secret, '', 'faas internal tokens v1', 32));
const claims = (changes: Json = {}): Json => ({ iss: 'agent', aud: 'rag', tenant: 'acme', sub: 'ci', scope: ['rag:read'], iat: start / 1000, exp: start / 1000 + 60, ...changes });
const craft = (changes: Json, header: Json = {}, signWith = withHmac(derived)) => craftToken({ alg: 'HS256', typ: 'faas-internal+jwt', ...header }, claims(changes), signWith);
const rejects = (token: string, code = 'CREDENTIAL_INVALID') => expect(verifierOf('rag').verify(token)).rejects.toMatchObject({ code });

beforeEach(() => {
  now = start;
});

describe('a token between services', () => {
  it('carries tenant, subject, scopes and key to the called service', async () => {
    await expect(verifierOf('rag').verify(await tokensOf('agent').mint('rag', principal))).resolves.toEqual(principal);
    await expect(verifierOf('rag').verify(craft({}))).resolves.toEqual({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'] });
  });

  it('is of no use to another service than the called one', async () => {
    const token = await tokensOf('agent').mint('rag', principal);
    await expect(verifierOf('gateway').verify(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    await expect(verifierOf('agent').verify(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
  });

  it('is refused for any other audience, issuer, type, algorithm or secret', async () => {
    const changed: Json[] = [{ aud: 'gateway' }, { aud: undefined }, { aud: ['rag', 'gateway'] }, { iss: 'faas' }, { iss: 'https://evil.example' }, { tenant: undefined }, { tenant: 'A' }, { sub: undefined }, { scope: 'rag:read' }, { key: 7 }, { iat: undefined }, { exp: undefined }];
    for (const changes of changed) await rejects(craft(changes));
    await rejects(craft({}, { typ: 'JWT' }));
    await rejects(craft({}, { alg: 'none' }, unsigned));
    await rejects(craft({}, { alg: 'HS512' }, (input) => createHmac('sha512', derived).update(input).digest()));
    await rejects(craft({}, {}, withHmac('another-secret-another-secret-another')));
    await rejects(craft({}, {}, withHmac(secret)));
    await rejects(`faas_${craft({})}`);
  });

  it('lives a minute, and longer ones are refused however they are signed', async () => {
    const token = await tokensOf('agent').mint('rag', principal);
    now = start + 64_000;
    await expect(verifierOf('rag').verify(token)).resolves.toBeDefined();
    now = start + 65_000;
    await rejects(token, 'CREDENTIAL_EXPIRED');
    now = start;
    await rejects(craft({ exp: start / 1000 + 61 }));
    await rejects(craft({ iat: start / 1000 + 6, exp: start / 1000 + 60 }));
    await rejects(craft({ iat: start / 1000 - 3600 }), 'CREDENTIAL_EXPIRED');
  });

  it('is minted once for calls that follow each other, and anew before it ages', async () => {
    const tokens = tokensOf('agent');
    const first = await tokens.mint('rag', principal);
    now += 19_999;
    expect(await tokens.mint('rag', principal)).toBe(first);
    expect(await tokens.mint('gateway', principal)).not.toBe(first);
    expect(await tokens.mint('rag', { ...principal, tenant: 'other' })).not.toBe(first);
    expect(await tokens.mint('rag', { ...principal, keyId: undefined })).not.toBe(first);
    now += 1;
    expect(await tokens.mint('rag', principal)).not.toBe(first);
  });

  it('survives the rotation of the secret', async () => {
    const next = 'next-secret-next-secret-next-secret-1';
    const old = await tokensOf('agent').mint('rag', principal);
    const renewed = await tokensOf('agent', `${next},${secret}`).mint('rag', principal);
    await expect(verifierOf('rag', `${next},${secret}`).verify(old)).resolves.toEqual(principal);
    await expect(verifierOf('rag', `${secret},${next}`).verify(renewed)).resolves.toEqual(principal);
    await expect(verifierOf('rag', next).verify(old)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    now += 65_000;
    await expect(verifierOf('rag', `${next},${secret}`).verify(old)).rejects.toMatchObject({ code: 'CREDENTIAL_EXPIRED' });
  });

  it('never passes for a key, nor a key for it', async () => {
    const { privateKey, publicJwk } = deriveSigningKey(secret);
    const both = new RememberingVerifier([new KeyTokens(new StaticKeySet({ keys: [{ ...publicJwk }] }), clock), tokensOf('rag')], new ScriptedRevocationList(), clock);
    const key = craftToken(keyHeader(publicJwk.kid), keyPayload(now), withEd25519(privateKey));
    await expect(both.verify(`faas_${key}`)).resolves.toBeDefined();
    for (const token of [key, `faas_${craft({})}`, craftToken({ ...keyHeader(publicJwk.kid), typ: 'faas-internal+jwt' }, claims(), withEd25519(privateKey))]) {
      await expect(both.verify(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    }
  });
});
