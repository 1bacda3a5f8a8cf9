import { idOf, pageOf, pageQuery, scopes } from '@faas/api';
import * as z from 'zod';

export const tenantName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Expected lower-case letters, digits and hyphens, not starting with a hyphen, 63 at most.');

export const keyRequest = z
  .strictObject({
    tenant: tenantName.optional().describe('Tenant of the key. Default: your own; another needs `tenants:manage`.'),
    name: z.string().trim().min(1).max(100).optional().describe('What the key is for. Default: `key`.'),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length).describe('What the key may do; only scopes that you have yourself.'),
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('When it ends. Default: in a year.'),
  })
  .meta({ id: 'KeyRequest' });
export type KeyRequest = z.infer<typeof keyRequest>;

export const keyCard = z
  .object({
    id: idOf('key').describe('Id of the key; not secret.'),
    tenant: z.string().describe('Tenant that the key acts for.'),
    name: z.string().describe('What the key is for.'),
    scopes: z.array(z.string()).describe('What the key may do.'),
    createdAt: z.iso.datetime().describe('When it was issued.'),
    createdBy: z.string().describe('Who issued it.'),
    expiresAt: z.iso.datetime().describe('When it ends.'),
    revokedAt: z.iso.datetime().nullable().describe('When it was revoked; null: not.'),
  })
  .meta({ id: 'Key' });
export type KeyCard = z.infer<typeof keyCard>;

export const issuedKey = keyCard.extend({ key: z.string().describe('The credential. Shown only in this answer.') }).meta({ id: 'IssuedKey' });
export type IssuedKey = z.infer<typeof issuedKey>;

export const keyQuery = pageQuery.extend({ tenant: tenantName.optional().describe('Whose keys. Default: your own; another needs `tenants:manage`.') });
export type KeyQuery = z.infer<typeof keyQuery>;

export const keyPage = pageOf(keyCard).meta({ id: 'KeyPage' });

export const keyParams = z.strictObject({ key: idOf('key').describe('Id of the key.') });
export type KeyParams = z.infer<typeof keyParams>;

export const keySet = z
  .object({ keys: z.array(z.record(z.string(), z.unknown())).describe('Public keys (RFC 7517): the first signs, all verify.') })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof keySet>;

export const revocations = z
  .object({ data: z.array(z.string()).describe('Ids of revoked keys that have not expired.') })
  .meta({ id: 'Revocations' });
export type Revocations = z.infer<typeof revocations>;
