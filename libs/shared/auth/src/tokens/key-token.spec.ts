import { createHash, createPublicKey } from 'node:crypto';
import { newId, scopes } from '@faas/api';
import * as fc from 'fast-check';
import { deriveSigningKey } from '../keys/ed25519-key';
import { KeySigner } from '../keys/key-signer';
import { StaticKeySet } from '../key-sets/static.adapter';
import { craftToken, keyHeader, keyPayload, unsigned, withEd25519, withHmac, type Json } from '../test/crafted-token';
import { ScriptedRevocationList } from '../test/scripted-revocation-list';
import { KeyTokens } from './key-token.kind';
import { RememberingVerifier } from './remembering.verifier';

const secret = 'signing-secret-signing-secret-signing';
const now = Date.parse('2026-11-23T10:00:00Z');
const clock = () => now;
const seconds = now / 1000;
const { privateKey, publicJwk } = deriveSigningKey(secret);
const signer = new KeySigner(secret, clock);
const verifierOf = (keys: KeySigner, time = clock) => new RememberingVerifier([new KeyTokens(new StaticKeySet(keys.jwks()), time)], new ScriptedRevocationList(), time);
const verifier = verifierOf(signer);
const crafted = (header: Json, payload: Json, signWith = withEd25519(privateKey)) => `faas_${craftToken(header, payload, signWith)}`;
const rejects = (token: string, code = 'CREDENTIAL_INVALID') => expect(verifier.verify(token)).rejects.toMatchObject({ code });

describe('a key', () => {
  it('comes back as the principal that it was issued for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/), fc.stringMatching(/^[\x21-\x7e]{1,255}$/), fc.uniqueArray(fc.constantFrom(...scopes), { minLength: 1 }), async (tenant, subject, granted) => {
        const keyId = newId('key');
        const { key } = await signer.issue({ tenant, subject, scopes: granted, keyId });
        expect(await verifier.verify(key)).toEqual({ tenant, subject, scopes: granted, keyId });
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when any of its characters is another', async () => {
    const { key } = await signer.issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'] });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    // The last character carries bits that belong to no byte; some of its neighbours decode to the same signature.
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: key.length - 2 }), fc.constantFrom(...alphabet), async (index, character) => {
        fc.pre(key[index] !== character);
        await expect(verifier.verify(key.slice(0, index) + character + key.slice(index + 1))).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
      }),
      { numRuns: 300 },
    );
  });

  it('is refused without a signature or with alg none', async () => {
    await rejects(crafted({ ...keyHeader(publicJwk.kid), alg: 'none' }, keyPayload(now), unsigned));
    await rejects(crafted({ ...keyHeader(publicJwk.kid), alg: 'None' }, keyPayload(now)));
    await rejects(crafted(keyHeader(publicJwk.kid), keyPayload(now), unsigned));
  });

  it('is refused when the public key was used as a shared secret', async () => {
    const publicKey = createPublicKey(privateKey);
    const secrets = [Buffer.from(publicJwk.x, 'base64url'), publicKey.export({ format: 'pem', type: 'spki' }), publicKey.export({ format: 'der', type: 'spki' }), JSON.stringify(publicJwk), publicJwk.x, ''];
    for (const one of secrets) await rejects(crafted({ ...keyHeader(publicJwk.kid), alg: 'HS256' }, keyPayload(now), withHmac(one)));
  });

  it('is refused when it brings its own key or points at one', async () => {
    const foreign = deriveSigningKey('another-secret-another-secret-another');
    for (const header of [{ jwk: foreign.publicJwk }, { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example/c' }]) {
      await rejects(crafted({ ...keyHeader(foreign.publicJwk.kid), ...header }, keyPayload(now), withEd25519(foreign.privateKey)));
      await rejects(crafted({ ...keyHeader(publicJwk.kid), ...header }, keyPayload(now), withEd25519(foreign.privateKey)));
    }
  });

  it('is refused for an unknown or missing key id, another type, or an extension nobody knows', async () => {
    await rejects(crafted(keyHeader('unknown'), keyPayload(now)));
    await rejects(crafted({ alg: 'EdDSA', typ: 'faas-key+jwt' }, keyPayload(now)));
    await rejects(crafted({ alg: 'EdDSA', kid: publicJwk.kid }, keyPayload(now)));
    await rejects(crafted({ ...keyHeader(publicJwk.kid), typ: 'faas-internal+jwt' }, keyPayload(now)));
    await rejects(crafted({ ...keyHeader(publicJwk.kid), crit: ['x'], x: 1 }, keyPayload(now)));
    await rejects(crafted({ ...keyHeader(publicJwk.kid), crit: ['b64'], b64: false }, keyPayload(now)));
  });

  it('is refused when a claim is missing, malformed or not ours', async () => {
    const missing = (name: string) => Object.fromEntries(Object.entries(keyPayload(now)).filter(([key]) => key !== name));
    for (const name of ['iss', 'sub', 'tenant', 'scope', 'jti', 'iat', 'exp']) await rejects(crafted(keyHeader(publicJwk.kid), missing(name)));
    const wrong: Json[] = [
      { iss: 'rag' }, { iss: ['faas'] }, { tenant: '' }, { tenant: 'Acme' }, { tenant: '-a' }, { tenant: 'a'.repeat(64) }, { tenant: ['acme'] }, { tenant: 'a\n' },
      { sub: '' }, { sub: 'a\nb' }, { scope: 'rag:read' }, { scope: [1] }, { jti: 'key_1' }, { exp: 'never' }, { exp: null }, { iat: 'x' },
    ];
    for (const changes of wrong) await rejects(crafted(keyHeader(publicJwk.kid), keyPayload(now, changes)));
  });

  it('holds from nbf to exp, give or take five seconds between clocks', async () => {
    const timed = (changes: Json) => verifier.verify(crafted(keyHeader(publicJwk.kid), keyPayload(now, changes)));
    await expect(timed({ exp: seconds - 4 })).resolves.toBeDefined();
    await expect(timed({ exp: seconds - 5 })).rejects.toMatchObject({ code: 'CREDENTIAL_EXPIRED', status: 401 });
    await expect(timed({ nbf: seconds + 5 })).resolves.toBeDefined();
    await expect(timed({ nbf: seconds + 6 })).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
  });

  it('of a newer version may carry a scope that is not known here', async () => {
    await expect(verifier.verify(crafted(keyHeader(publicJwk.kid), keyPayload(now, { scope: ['rag:read', 'x:new'] })))).resolves.toMatchObject({ scopes: ['rag:read', 'x:new'] });
  });

  it('is not parsed beyond 8 KiB, and no text makes the verifier fail otherwise', async () => {
    await rejects(`faas_${'a'.repeat(8 * 1024)}`);
    await rejects(crafted(keyHeader(publicJwk.kid), keyPayload(now, { padding: 'x'.repeat(8 * 1024) })));
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.string().map((text) => `faas_${text}`), fc.stringMatching(/^[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}$/)), (text) => rejects(text)), { numRuns: 200 });
  });
});

describe('rotation', () => {
  const old = new KeySigner(secret, clock);
  const next = 'next-secret-next-secret-next-secret-1';
  const issue = (keys: KeySigner) => keys.issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'] });

  it('signs with the first secret and verifies with all', async () => {
    const both = new KeySigner(`${next}, ${secret}`, clock);
    expect(both.jwks().keys.map(({ kid }) => kid)).toEqual([deriveSigningKey(next).publicJwk.kid, publicJwk.kid]);
    await expect(verifierOf(both).verify((await issue(old)).key)).resolves.toBeDefined();
    await expect(verifierOf(old).verify((await issue(both)).key)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    await expect(verifierOf(new KeySigner(next, clock)).verify((await issue(old)).key)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
  });

  it('names keys by the RFC 7638 thumbprint and shows no private part', () => {
    const { x } = publicJwk;
    expect(publicJwk.kid).toBe(createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url'));
    expect(Object.keys(signer.jwks().keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    expect(new KeySigner(secret).jwks()).toEqual(signer.jwks());
  });

  it('refuses a short or an empty secret without printing it', () => {
    for (const bad of ['', 'hush', `${secret},hush`, `${secret},`]) {
      expect(() => new KeySigner(bad)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('hush') }));
    }
  });
});

describe('issuing', () => {
  const issue = (changes: Json) => signer.issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'], ...changes });

  it('gives a key a year unless told otherwise', async () => {
    expect((await issue({})).expiresAt).toEqual(new Date('2027-11-23T10:00:00Z'));
    expect(await issue({ expiresAt: new Date(now + 1500) })).toMatchObject({ expiresAt: new Date(now + 1000), issuedAt: new Date(now) });
  });

  it('refuses what no service would accept', async () => {
    const bad: Json[] = [{ tenant: 'A' }, { subject: '' }, { scopes: [] }, { scopes: ['root'] }, { keyId: 'x' }, { expiresAt: new Date(now) }, { expiresAt: new Date(NaN) }];
    for (const changes of bad) await expect(issue(changes)).rejects.toMatchObject({ code: 'REQUEST_INVALID', details: { issues: [expect.anything()] } });
  });
});
