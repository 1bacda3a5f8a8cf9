import type { CryptoKey, JWSHeaderParameters } from 'jose';

/**
 * Finds the public key that a token's header names.
 *
 * Promise: only public keys that fit the header's algorithm. Errors: AppError CREDENTIAL_INVALID for an unknown key,
 * AUTH_UNAVAILABLE when keys are needed that cannot be fetched. Deadline: 5 s, and only when a fetch is due.
 */
export abstract class KeySet {
  abstract find(header: JWSHeaderParameters): Promise<CryptoKey>;
}
