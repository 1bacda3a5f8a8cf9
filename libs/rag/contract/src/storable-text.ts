import * as z from 'zod';

/** Text that every store keeps unchanged: well-formed Unicode without NUL. PostgreSQL takes neither lone surrogates nor NUL. */
export function storableText(limit: number, minimum = 0) {
  return z
    .string()
    .min(minimum)
    .max(limit)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'Expected well-formed Unicode text without NUL characters.');
}
