import { hkdfSync } from 'node:crypto';
import { AppError } from '@faas/errors';
import type { Principal } from '@faas/request-context';
import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { internalClaims, internalTokenType } from '../claims';
import type { Clock } from '../clock';
import { parseSecretList } from '../secrets/secret-list';
import { TokenKind, type TokenClaimsToBe, type VerifiedToken } from './token-kind.port';
import { verifyJwt } from './verify-jwt';

export const services = ['gateway', 'rag', 'agent'] as const;
export type ServiceName = (typeof services)[number];

const lifetimeSeconds = 60;
/** A token is handed out again while it has at least two thirds of its life left. */
const reuseMs = 20_000;

/**
 * Tokens between services: HS256 with a key derived from SERVICE_SECRET, valid for one called service and 60 s.
 *
 * @example
 * const tokens = new InternalTokens({ service: 'agent', secret });
 * const headers = { authorization: `Bearer ${await tokens.mint('rag', { tenant, subject, keyId, scopes: ['rag:read'] })}` };
 */
export class InternalTokens extends TokenKind {
  private readonly service: ServiceName;
  private readonly keys: readonly Uint8Array[];
  private readonly clock: Clock;
  private readonly minted = new LRUCache<string, { readonly token: string; readonly mintedAt: number }>({ max: 1_000 });

  /**
   * @param options.secret SERVICE_SECRET: one secret or a comma-separated list; the first signs, all verify.
   * @throws AppError CONFIG_INVALID when a secret is too short.
   */
  constructor({ service, secret, clock = Date.now }: { service: ServiceName; secret: string; clock?: Clock }) {
    super();
    this.service = service;
    this.clock = clock;
    this.keys = parseSecretList(secret, 'SERVICE_SECRET').map((one) => new Uint8Array(hkdfSync('sha256', one, '', 'faas internal tokens v1', 32)));
  }

  /** @param principal on whose behalf; `scopes` are what the call needs, which a worker states itself: rows keep none. */
  async mint(audience: ServiceName, principal: Principal): Promise<string> {
    const { tenant, subject, scopes, keyId } = principal;
    const now = this.clock();
    const memo = JSON.stringify([audience, tenant, subject, keyId ?? null, scopes]);
    const known = this.minted.get(memo);
    if (known && now >= known.mintedAt && now - known.mintedAt < reuseMs) return known.token;
    const issuedAt = Math.floor(now / 1000);
    const token = await new SignJWT({ tenant, scope: [...scopes], ...(keyId === undefined ? {} : { key: keyId }) })
      .setProtectedHeader({ alg: 'HS256', typ: internalTokenType })
      .setIssuer(this.service)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(this.keys[0] as Uint8Array);
    this.minted.set(memo, { token, mintedAt: now });
    return token;
  }

  accepts({ isKey, type }: TokenClaimsToBe): boolean {
    return !isKey && type === internalTokenType;
  }

  async verify(jwt: string): Promise<VerifiedToken> {
    const { tenant, sub, scope, key, exp, iat } = await this.verifyWithAnyKey(jwt);
    if (exp - iat > lifetimeSeconds) throw new AppError('CREDENTIAL_INVALID', 'The internal token is valid for longer than 60 s.');
    return { principal: { tenant, subject: sub, scopes: scope, ...(key === undefined ? {} : { keyId: key }) }, expiresAt: exp * 1000 };
  }

  private async verifyWithAnyKey(jwt: string) {
    let failure: unknown;
    for (const key of this.keys) {
      try {
        return await verifyJwt(jwt, {
          key: () => key,
          algorithms: ['HS256'],
          issuer: [...services],
          audience: this.service,
          typ: internalTokenType,
          maxTokenAge: lifetimeSeconds,
          claims: internalClaims,
          clock: this.clock,
        });
      } catch (error) {
        // A claim is looked at only after the signature fitted: the other keys would not fit.
        if (!AppError.hasCode(error, 'CREDENTIAL_INVALID') || error.details) throw error;
        failure = error;
      }
    }
    throw failure;
  }
}
