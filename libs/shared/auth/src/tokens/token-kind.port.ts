import type { Principal } from '@faas/request-context';

/** What a token says of itself before anything is verified: good for choosing who verifies it, for nothing else. */
export interface TokenClaimsToBe {
  readonly isKey: boolean;
  readonly type?: string;
  readonly issuer?: string;
}

export interface VerifiedToken {
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** One kind of token: keys, internal tokens, tokens of one other issuer. Revocation is not its matter. */
export abstract class TokenKind {
  abstract accepts(token: TokenClaimsToBe): boolean;
  /** @param jwt without the prefix of keys. @throws AppError CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, AUTH_UNAVAILABLE. */
  abstract verify(jwt: string): Promise<VerifiedToken>;
}
