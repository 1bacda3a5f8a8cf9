import { scopes } from '@faas/api';
import { AppError } from '@faas/errors';
import type { Principal } from '@faas/request-context';
import { credentialFrom, type RequestHeaders } from './request/credential';
import type { TokenVerifier } from './tokens/token-verifier.port';

/** Who acts when AUTH_MODE is `none` and no credential is sent. */
export const localPrincipal: Principal = Object.freeze({ tenant: 'local', subject: 'local', scopes: Object.freeze([...scopes]) });

/** Says who sent a request. */
export class Authenticator {
  constructor(
    private readonly mode: 'required' | 'none',
    private readonly verifier: TokenVerifier,
  ) {}

  /**
   * @param headers names in lower case, as Node's request.headers.
   * @throws AppError CREDENTIAL_MISSING, CREDENTIAL_AMBIGUOUS, and what TokenVerifier throws.
   */
  async authenticate(headers: RequestHeaders): Promise<Principal> {
    const credential = credentialFrom(headers);
    if (credential !== undefined) return this.verifier.verify(credential);
    if (this.mode === 'none') return localPrincipal;
    throw new AppError('CREDENTIAL_MISSING', 'Send a key as "Authorization: Bearer faas_…". "npm run key" makes one.');
  }
}
