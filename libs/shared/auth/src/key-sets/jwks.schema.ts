import { createPublicKey } from 'node:crypto';
import { AppError } from '@faas/errors';
import type { JSONWebKeySet } from 'jose';
import * as z from 'zod';

export const jwksPath = '/api/v1/gateway/.well-known/jwks.json';

/** Only public members are taken over, and only of asymmetric keys: a shared secret in a JWKS never verifies anything. */
const publicKey = z.object({
  kty: z.enum(['OKP', 'EC', 'RSA']),
  kid: z.string().min(1).max(200).optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
});
const keySet = z.object({ keys: z.array(z.unknown()).max(100) });

/** Answer of the gateway's open route. */
export const jwksAnswer = z.object({ keys: z.array(z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string(), alg: z.literal('EdDSA'), use: z.literal('sig') })) }).meta({ id: 'KeySet' });

/** Keeps the keys that can be used and ignores the others, as RFC 7517 asks. @throws when it is not a JWKS or has no usable key. */
export function parseJwks(value: unknown): JSONWebKeySet {
  const keys = keySet.parse(value).keys.flatMap((key) => {
    const parsed = publicKey.safeParse(key);
    return parsed.success && isPublicKey(parsed.data) ? [parsed.data] : [];
  });
  if (keys.length === 0) throw new Error('The key set holds no usable public key.');
  return { keys } as JSONWebKeySet;
}

function isPublicKey(jwk: z.infer<typeof publicKey>): boolean {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' }).type === 'public';
  } catch {
    return false;
  }
}

/** @throws AppError CONFIG_INVALID naming AUTH_JWKS. */
export function parseInlineJwks(text: string): JSONWebKeySet {
  try {
    return parseJwks(JSON.parse(text));
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', 'AUTH_JWKS: expected a JSON Web Key Set with at least one public key, as the gateway answers it.', { cause });
  }
}
