import { createHmac, sign, type KeyObject } from 'node:crypto';
import { keyIssuer, keyTokenType } from '../claims';

export type Json = Record<string, unknown>;
export const encode = (value: Json | string): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JWT of any header and payload, also of ones that no library would sign. */
export function craftToken(header: Json, payload: Json, signWith: (input: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signWith(Buffer.from(input)).toString('base64url')}`;
}

export const withEd25519 = (key: KeyObject) => (input: Buffer) => sign(null, input, key);
export const withHmac = (secret: string | Buffer) => (input: Buffer) => createHmac('sha256', secret).update(input).digest();
export const unsigned = () => Buffer.alloc(0);

export const keyHeader = (kid: string): Json => ({ alg: 'EdDSA', kid, typ: keyTokenType });

/** Claims of a good key, `now` in epoch milliseconds. */
export function keyPayload(now: number, changes: Json = {}): Json {
  const seconds = Math.floor(now / 1000);
  return { iss: keyIssuer, sub: 'ci', tenant: 'acme', scope: ['rag:read'], jti: `key_${'0'.repeat(32)}`, iat: seconds, exp: seconds + 3600, ...changes };
}
