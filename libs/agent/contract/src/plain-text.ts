import * as z from 'zod';

/** Text with words in it that every store can keep: no NUL, no half of a surrogate pair. */
export function plainText(maxCharacters: number) {
  return z
    .string()
    .max(maxCharacters)
    .refine((text) => text.trim() !== '', 'The text is empty.')
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'The text holds characters that are not valid Unicode text.');
}
