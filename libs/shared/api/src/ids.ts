import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';

export const idPrefixes = ['col', 'doc', 'job', 'agt', 'thr', 'msg', 'run', 'key', 'call'] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** `<prefix>_<uuidv7 as 32 hex digits>`: sortable by creation time, never equal to a name (names have no `_`). */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${uuidv7().replaceAll('-', '')}`;
}

export function idOf(prefix: IdPrefix): z.ZodString {
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `Expected an id like ${prefix}_0190… (32 hex digits).`);
}

export const resourceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Expected a name of lower-case letters, digits and hyphens that starts with a letter, 63 characters at most.');

/** A path parameter that takes the id or the name of a collection or an agent. */
export function idOrName(prefix: IdPrefix): z.ZodUnion<[z.ZodString, z.ZodString]> {
  return z.union([idOf(prefix), resourceName]);
}
