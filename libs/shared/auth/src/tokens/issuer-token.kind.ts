import { scopes as knownScopes } from '@faas/api';
import { AppError } from '@faas/errors';
import * as z from 'zod';
import { subjectName, tenantName } from '../claims';
import type { Clock } from '../clock';
import type { TrustedIssuer } from './issuer.schema';
import type { KeySet } from '../key-sets/key-set.port';
import { TokenKind, type TokenClaimsToBe, type VerifiedToken } from './token-kind.port';
import { verifyJwt } from './verify-jwt';

const claims = z.looseObject({ sub: subjectName, exp: z.number() });
const scopeValue = z.union([z.string().transform((text) => text.split(' ')), z.array(z.string())]);

/** JWTs of one issuer of AUTH_ISSUERS, for example a company's identity provider. */
export class IssuerTokens extends TokenKind {
  constructor(
    private readonly issuer: TrustedIssuer,
    private readonly keySet: KeySet,
    private readonly clock: Clock,
  ) {
    super();
  }

  accepts({ isKey, issuer }: TokenClaimsToBe): boolean {
    return !isKey && issuer === this.issuer.issuer;
  }

  async verify(jwt: string): Promise<VerifiedToken> {
    const { issuer, audience, algorithms } = this.issuer;
    const payload = await verifyJwt(jwt, { key: (header) => this.keySet.find(header), issuer, audience, algorithms, claims, clock: this.clock });
    return { principal: { tenant: this.tenantOf(payload), subject: payload.sub, scopes: this.scopesOf(payload) }, expiresAt: payload.exp * 1000 };
  }

  private tenantOf(payload: Readonly<Record<string, unknown>>): string {
    const { tenant, tenantClaim = '' } = this.issuer;
    if (tenant !== undefined) return tenant;
    const parsed = tenantName.safeParse(own(payload, tenantClaim));
    if (parsed.success) return parsed.data;
    throw new AppError('CREDENTIAL_INVALID', `The credential's claim "${tenantClaim}" must hold a tenant name.`, { details: { claims: [tenantClaim] } });
  }

  /** Foreign scopes (`openid`, …) mean nothing here. */
  private scopesOf(payload: Readonly<Record<string, unknown>>): string[] {
    const claim = own(payload, this.issuer.scopeClaim);
    if (claim === undefined) return [];
    const parsed = scopeValue.safeParse(claim);
    if (parsed.success) return knownScopes.filter((scope) => parsed.data.includes(scope));
    throw new AppError('CREDENTIAL_INVALID', `The credential's claim "${this.issuer.scopeClaim}" must be a text or a list of texts.`, { details: { claims: [this.issuer.scopeClaim] } });
  }
}

function own(payload: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}
