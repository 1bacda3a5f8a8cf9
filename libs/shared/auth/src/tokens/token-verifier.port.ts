import type { Principal } from '@faas/request-context';

/**
 * Turns a token into who sent it.
 *
 * Promise: a returned principal was authentic, unexpired and not revoked 30 s ago. Idempotent. Errors: AppError
 * CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, or AUTH_UNAVAILABLE (retryable). Deadline: 5 s for each of
 * key set and revocation list, and only when they are due; otherwise no I/O.
 */
export abstract class TokenVerifier {
  abstract verify(token: string): Promise<Principal>;
}
