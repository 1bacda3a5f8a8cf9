/**
 * Tells which keys were revoked before their end.
 *
 * Promise: a revocation is seen within 30 s while its source is up. Idempotent. Errors: AppError AUTH_UNAVAILABLE when
 * nothing known is recent enough (10 min). Deadline: 5 s, and only when the list is due; otherwise from memory.
 */
export abstract class RevocationList {
  abstract isRevoked(keyId: string): Promise<boolean>;
}
