import { idOf } from '@faas/api';
import * as z from 'zod';

/** What a key starts with, so that people and secret scanners recognise one. */
export const keyPrefix = 'faas_';
/** `iss` of the keys that the gateway issues. */
export const keyIssuer = 'faas';
/** `typ` headers: a token made for one purpose is never taken for the other. */
export const keyTokenType = 'faas-key+jwt';
export const internalTokenType = 'faas-internal+jwt';

/** Nothing longer is parsed: verifying must cost an anonymous caller's request next to nothing. */
export const maxCredentialBytes = 8 * 1024;

/** A tenant exists from its first key on. */
export const tenantName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Expected a tenant name: lower-case letters, digits and hyphens, not starting with a hyphen, 63 characters at most.')
  .describe('Tenant: `^[a-z0-9][a-z0-9-]{0,62}$`.');

/** Who acts: printable, so that it can stand in a log line. */
export const subjectName = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'Expected a subject of 1 to 255 printable ASCII characters.')
  .describe('Who acts inside the tenant.');

/** Open on reading: a key of a newer gateway may carry a scope that this version does not know yet. */
const scopeList = z.array(z.string().min(1).max(64)).max(64).describe('What the token allows.');
const seconds = z.number().int().nonnegative();

/** Claims of a key, verified by every service. */
export const keyClaims = z.object({
  iss: z.literal(keyIssuer),
  sub: subjectName,
  tenant: tenantName,
  scope: scopeList,
  jti: idOf('key').describe('Id of the key; what a revocation names.'),
  iat: seconds.describe('Seconds since the epoch.'),
  exp: seconds.describe('Seconds since the epoch.'),
});
export type Claims = z.infer<typeof keyClaims>;

/** Claims of the token that one service mints for a call to another. */
export const internalClaims = z.object({
  iss: z.string().min(1),
  aud: z.string().min(1),
  sub: subjectName,
  tenant: tenantName,
  scope: scopeList,
  key: z.string().min(1).max(200).optional().describe('Id of the key on whose behalf the call is made; absent without one.'),
  iat: seconds,
  exp: seconds,
});
