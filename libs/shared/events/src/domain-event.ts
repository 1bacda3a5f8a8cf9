import { AppError } from '@faas/errors';
import * as z from 'zod';
import type { DomainEvent } from './event-bus.port';
import { isSubject } from './subjects';

export const MAX_EVENT_BYTES = 64 * 1024;

/** Unknown fields are kept out, not refused: a newer release may add some. */
const domainEvent = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'Expected 1 to 128 printable ASCII characters.'),
  subject: z.string().refine(isSubject, 'Expected faas.<service>.<noun>.<verb>.'),
  tenant: z.string().min(1).max(200),
  occurredAt: z.iso.datetime({ offset: true }),
  data: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<DomainEvent>;

/** @throws AppError INTERNAL for an event that breaks the port's rules. */
export function encodeEvent(event: DomainEvent): string {
  const parsed = domainEvent.safeParse(event);
  if (!parsed.success) throw new AppError('INTERNAL', `The event ${event.subject} is not valid. ${z.prettifyError(parsed.error)}`);
  const text = JSON.stringify(parsed.data);
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    throw new AppError('INTERNAL', `The event ${event.subject} is ${Buffer.byteLength(text)} bytes, the limit is ${MAX_EVENT_BYTES}. Events carry ids, not content.`);
  }
  return text;
}

export type DecodedEvent = { readonly event: DomainEvent } | { readonly problem: string };

/** Never throws: what others wrote is either an event or a description of why it is none. */
export function decodeEvent(text: string, subject: string): DecodedEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'not JSON' };
  }
  const parsed = domainEvent.safeParse(value);
  if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
  if (parsed.data.subject !== subject) return { problem: `its subject is ${parsed.data.subject}, it arrived on ${subject}` };
  return { event: parsed.data };
}
