import { AppError } from '@faas/errors';
import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters, type LocalJWKSet } from 'jose';
import { KeySet } from './key-set.port';

/** Keys that are given: the gateway's own, or AUTH_JWKS. */
export class StaticKeySet extends KeySet {
  private readonly keys: LocalJWKSet;

  constructor(jwks: JSONWebKeySet) {
    super();
    this.keys = createLocalJWKSet(jwks);
  }

  async find(header: JWSHeaderParameters): Promise<CryptoKey> {
    const key = await findKey(this.keys, header);
    if (!key) throw unknownKey();
    return key;
  }
}

/** Undefined when no key, or more than one, fits the header. */
export async function findKey(keys: LocalJWKSet, header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
  try {
    return await keys(header);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return undefined;
    throw error;
  }
}

export function unknownKey(): AppError {
  return new AppError('CREDENTIAL_INVALID', 'The credential is signed with a key that is not known here.');
}
