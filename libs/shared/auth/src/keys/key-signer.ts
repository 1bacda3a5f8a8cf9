import { newId, scopes as allScopes } from '@faas/api';
import { AppError } from '@faas/errors';
import { SignJWT } from 'jose';
import * as z from 'zod';
import { keyIssuer, keyPrefix, keyTokenType, maxCredentialBytes, subjectName, tenantName } from '../claims';
import type { Clock } from '../clock';
import { deriveSigningKey, type PublicSigningKey, type SigningKey } from './ed25519-key';
import { parseSecretList } from '../secrets/secret-list';

/** Lifetime of a key whose issuer names none: every key ends, so that the list of revoked unexpired keys stays short. */
export const defaultKeyLifetimeMs = 365 * 24 * 60 * 60 * 1000;

const request = z.strictObject({
  tenant: tenantName,
  subject: subjectName,
  scopes: z.array(z.enum(allScopes)).min(1),
  keyId: z.string().regex(/^key_[0-9a-f]{32}$/, 'Expected an id made by newId("key").'),
  expiresAt: z.date(),
});

export interface KeyRequest {
  readonly tenant: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Default: a new id. */
  readonly keyId?: string;
  /** Default: a year from now. */
  readonly expiresAt?: Date;
}

export interface IssuedKey {
  /** `faas_<jwt>`: shown once, never stored. */
  readonly key: string;
  readonly keyId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Signs keys. It checks their form; whether the caller may have them is `assertMayIssue`.
 *
 * @example
 * const signer = new KeySigner(secret);
 * const { key } = await signer.issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'], keyId: newId('key') });
 */
export class KeySigner {
  private readonly keys: readonly SigningKey[];
  private readonly current: SigningKey;

  /**
   * @param signingSecret AUTH_SIGNING_SECRET: one secret or a comma-separated list; the first signs, all verify.
   * @throws AppError CONFIG_INVALID when a secret is too short.
   */
  constructor(
    signingSecret: string,
    private readonly clock: Clock = Date.now,
  ) {
    const [current, ...others] = parseSecretList(signingSecret, 'AUTH_SIGNING_SECRET').map(deriveSigningKey);
    if (!current) throw new AppError('CONFIG_INVALID', 'AUTH_SIGNING_SECRET: no secret.');
    this.current = current;
    this.keys = [current, ...others];
  }

  /** @throws AppError REQUEST_INVALID naming the field that is wrong. */
  async issue({ keyId = newId('key'), expiresAt, ...rest }: KeyRequest): Promise<IssuedKey> {
    const now = Math.floor(this.clock() / 1000);
    const parsed = request.safeParse({ ...rest, scopes: [...new Set(rest.scopes)], keyId, expiresAt: expiresAt ?? new Date(now * 1000 + defaultKeyLifetimeMs) });
    if (!parsed.success) throw new AppError('REQUEST_INVALID', z.prettifyError(parsed.error), { details: { issues: parsed.error.issues.map(({ path, message }) => ({ path, message })) } });
    const { tenant, subject, scopes } = parsed.data;
    const exp = Math.floor(parsed.data.expiresAt.getTime() / 1000);
    if (exp <= now) throw new AppError('REQUEST_INVALID', 'expiresAt must lie in the future.', { details: { issues: [{ path: ['expiresAt'], message: 'lies in the past' }] } });
    const jwt = await new SignJWT({ tenant, scope: scopes })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.current.publicJwk.kid, typ: keyTokenType })
      .setIssuer(keyIssuer)
      .setSubject(subject)
      .setJti(keyId)
      .setIssuedAt(now)
      .setExpirationTime(exp)
      .sign(this.current.privateKey);
    const key = keyPrefix + jwt;
    if (key.length > maxCredentialBytes) throw new AppError('INTERNAL', 'A key came out longer than services accept.');
    return { key, keyId, issuedAt: new Date(now * 1000), expiresAt: new Date(exp * 1000) };
  }

  /** The public keys, as `GET /.well-known/jwks.json` answers them. */
  jwks(): { keys: PublicSigningKey[] } {
    return { keys: this.keys.map(({ publicJwk }) => publicJwk) };
  }
}
