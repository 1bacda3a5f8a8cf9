import { keyClaims, keyIssuer, keyTokenType } from '../claims';
import type { Clock } from '../clock';
import type { KeySet } from '../key-sets/key-set.port';
import { unknownKey } from '../key-sets/static.adapter';
import { TokenKind, type TokenClaimsToBe, type VerifiedToken } from './token-kind.port';
import { verifyJwt } from './verify-jwt';

/** `faas_<jwt>`: issued by the gateway or signed offline. */
export class KeyTokens extends TokenKind {
  constructor(
    private readonly keySet: KeySet,
    private readonly clock: Clock,
  ) {
    super();
  }

  accepts({ isKey }: TokenClaimsToBe): boolean {
    return isKey;
  }

  async verify(jwt: string): Promise<VerifiedToken> {
    const { tenant, sub, scope, jti, exp } = await verifyJwt(jwt, {
      key: (header) => {
        if (typeof header.kid !== 'string') throw unknownKey();
        return this.keySet.find(header);
      },
      algorithms: ['EdDSA'],
      issuer: keyIssuer,
      typ: keyTokenType,
      claims: keyClaims,
      clock: this.clock,
    });
    return { principal: { tenant, subject: sub, scopes: scope, keyId: jti }, expiresAt: exp * 1000 };
  }
}
