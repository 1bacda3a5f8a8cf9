import { createHash } from 'node:crypto';
import { AppError } from '@faas/errors';
import type { Principal } from '@faas/request-context';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { LRUCache } from 'lru-cache';
import { keyPrefix, maxCredentialBytes } from '../claims';
import type { Clock } from '../clock';
import type { RevocationList } from '../revocations/revocation-list.port';
import type { TokenClaimsToBe, TokenKind, VerifiedToken } from './token-kind.port';
import { TokenVerifier } from './token-verifier.port';

const rememberedTokens = 10_000;
const rememberedMs = 60_000;

/**
 * Chooses who verifies a token and remembers the outcome by the token's SHA-256 until it expires, 60 s at most.
 * Revocation is asked each time: what is remembered is only that the token is authentic.
 */
export class RememberingVerifier extends TokenVerifier {
  private readonly remembered: LRUCache<string, VerifiedToken & { readonly rememberedAt: number }>;

  constructor(
    private readonly kinds: readonly TokenKind[],
    private readonly revocations: RevocationList,
    private readonly clock: Clock = Date.now,
    capacity = rememberedTokens,
  ) {
    super();
    this.remembered = new LRUCache({ max: capacity });
  }

  /** Tokens held at present; never more than the capacity. */
  get size(): number {
    return this.remembered.size;
  }

  async verify(token: string): Promise<Principal> {
    if (token.length > maxCredentialBytes) throw new AppError('CREDENTIAL_INVALID', `The credential is longer than ${maxCredentialBytes} bytes.`);
    const { principal } = await this.authentic(token);
    if (principal.keyId !== undefined && (await this.revocations.isRevoked(principal.keyId))) {
      throw new AppError('CREDENTIAL_REVOKED', 'The key was revoked. Get a new one.');
    }
    return principal;
  }

  private async authentic(token: string): Promise<VerifiedToken> {
    const digest = createHash('sha256').update(token).digest('base64');
    const now = this.clock();
    const known = this.remembered.get(digest);
    if (known && now < known.expiresAt && now >= known.rememberedAt && now - known.rememberedAt < rememberedMs) return known;
    this.remembered.delete(digest);
    const verified = await this.verifyAnew(token);
    this.remembered.set(digest, { ...verified, rememberedAt: now });
    return verified;
  }

  private async verifyAnew(token: string): Promise<VerifiedToken> {
    const isKey = token.startsWith(keyPrefix);
    const jwt = isKey ? token.slice(keyPrefix.length) : token;
    const described = describe(jwt, isKey);
    const kind = this.kinds.find((one) => one.accepts(described));
    if (!kind) throw new AppError('CREDENTIAL_INVALID', 'The credential is of an unknown issuer. Send a key (faas_…) or a token of a configured issuer.');
    return kind.verify(jwt);
  }
}

function describe(jwt: string, isKey: boolean): TokenClaimsToBe {
  try {
    const { typ } = decodeProtectedHeader(jwt);
    const { iss } = decodeJwt(jwt);
    return { isKey, type: typeof typ === 'string' ? typ : undefined, issuer: typeof iss === 'string' ? iss : undefined };
  } catch (cause) {
    throw new AppError('CREDENTIAL_INVALID', 'The credential is malformed: expected a key (faas_…) or a JWT.', { cause });
  }
}
