import { KeySigner } from '../keys/key-signer';
import { ScriptedRevocationList } from '../test/scripted-revocation-list';
import { RememberingVerifier } from './remembering.verifier';
import { TokenKind, type VerifiedToken } from './token-kind.port';

const start = Date.parse('2026-11-23T10:00:00Z');

class CountingKind extends TokenKind {
  verified = 0;

  constructor(private readonly expiresAt: number) {
    super();
  }

  accepts(): boolean {
    return true;
  }

  async verify(jwt: string): Promise<VerifiedToken> {
    this.verified++;
    return { principal: { tenant: 'acme', subject: jwt.slice(-4), scopes: [], keyId: 'key_1' }, expiresAt: this.expiresAt };
  }
}

const jwt = (index: number) => `${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.${index}`;

describe('a verified token', () => {
  let now = start;
  const setUp = (expiresAt = start + 3_600_000, capacity?: number) => {
    now = start;
    const kind = new CountingKind(expiresAt);
    const revocations = new ScriptedRevocationList();
    return { kind, revocations, verifier: new RememberingVerifier([kind], revocations, () => now, capacity) };
  };

  it('is remembered for 60 s, while its revocation is asked each time', async () => {
    const { kind, revocations, verifier } = setUp();
    for (const elapsed of [0, 1, 59_999]) {
      now = start + elapsed;
      await verifier.verify(jwt(1));
    }
    expect([kind.verified, revocations.asked]).toEqual([1, 3]);
    revocations.revoked.add('key_1');
    await expect(verifier.verify(jwt(1))).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED', status: 401 });
    revocations.revoked.clear();
    now = start + 60_000;
    await verifier.verify(jwt(1));
    expect(kind.verified).toBe(2);
  });

  it('is forgotten at its end', async () => {
    const { kind, verifier } = setUp(start + 10_000);
    await verifier.verify(jwt(1));
    now = start + 10_000;
    await verifier.verify(jwt(1));
    expect(kind.verified).toBe(2);
  });

  it('is not remembered for longer when the clock is set back', async () => {
    const { kind, verifier } = setUp();
    await verifier.verify(jwt(1));
    now = start - 60_000;
    await verifier.verify(jwt(1));
    expect(kind.verified).toBe(2);
  });

  it('takes a bounded place in memory', async () => {
    const { verifier, kind } = setUp(undefined, 50);
    for (let index = 0; index < 500; index++) await verifier.verify(jwt(index));
    expect(verifier.size).toBe(50);
    await verifier.verify(jwt(499));
    expect(kind.verified).toBe(500);
  });

  it('is not the same as another that shares all but one character', async () => {
    const { kind, verifier } = setUp();
    await verifier.verify(jwt(11));
    await verifier.verify(jwt(12));
    expect(kind.verified).toBe(2);
  });

  it('is of no use while revocations cannot be checked', async () => {
    const { revocations, verifier } = setUp();
    await verifier.verify(jwt(1));
    revocations.failure = new Error('down');
    await expect(verifier.verify(jwt(1))).rejects.toThrow('down');
  });
});

describe('an unverifiable token', () => {
  it('is refused before anything is parsed when it is longer than 8 KiB', async () => {
    const kind = new CountingKind(start);
    const verifier = new RememberingVerifier([kind], new ScriptedRevocationList());
    await expect(verifier.verify(`${jwt(1)}${'a'.repeat(8192)}`)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    expect(kind.verified).toBe(0);
    expect(verifier.size).toBe(0);
  });

  it('is not remembered', async () => {
    const verifier = new RememberingVerifier([], new ScriptedRevocationList());
    const { key } = await new KeySigner('signing-secret-signing-secret-signing').issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'] });
    await expect(verifier.verify(key)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    expect(verifier.size).toBe(0);
  });
});
