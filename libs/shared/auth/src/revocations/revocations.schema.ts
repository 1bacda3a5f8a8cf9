import { createHash } from 'node:crypto';
import * as z from 'zod';

export const revocationsPath = '/api/v1/gateway/auth/revocations';

/** Answer of the gateway's open route. Ids of keys say nothing about their tenants. */
export const revocationsAnswer = z
  .object({ data: z.array(z.string().min(1).max(200)).max(200_000).describe('Ids of revoked keys that have not expired yet.') })
  .meta({ id: 'Revocations' });

/** Answer and ETag for the ids; the same ids in any order give the same. */
export function toRevocationsAnswer(keyIds: Iterable<string>): { body: z.infer<typeof revocationsAnswer>; etag: string } {
  const data = [...new Set(keyIds)].sort();
  return { body: { data }, etag: `"${createHash('sha256').update(data.join('\n')).digest('base64url')}"` };
}
