import { AppError } from '@faas/errors';

/**
 * The form in which text is stored and offsets are counted: LF line ends and characters every store keeps. Lone surrogates
 * and NUL become U+FFFD, one code point for one; nothing else is changed.
 */
export function toCanonicalText(text: string): string {
  return text.replace(/\r\n?/gu, '\n').replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/**
 * Decodes text by its byte order mark, the announced charset or as UTF-8; what is not valid UTF-8 is read as Windows-1252.
 *
 * @throws AppError DOCUMENT_UNREADABLE for binary data and unknown charsets.
 */
export function decodeText(bytes: Uint8Array, charset?: string): string {
  const encoding = encodingOf(bytes, charset);
  const text = decode(bytes, encoding ?? 'utf-8', encoding === undefined) ?? decode(bytes, 'windows-1252', false) ?? '';
  if (looksBinary(text)) throw new AppError('DOCUMENT_UNREADABLE', 'The document is binary data, not text. Send it with its media type, for example application/pdf.');
  return text;
}

function encodingOf(bytes: Uint8Array, charset: string | undefined): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  return charset && !/^utf-?8$/iu.test(charset) ? charset : undefined;
}

function decode(bytes: Uint8Array, encoding: string, fatal: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal }).decode(bytes);
  } catch (error) {
    if (fatal) return undefined;
    throw new AppError('DOCUMENT_UNREADABLE', `The charset "${encoding}" is unknown. Send the document as UTF-8.`, { cause: error });
  }
}

const SAMPLE = 8192;

function looksBinary(text: string): boolean {
  const sample = text.slice(0, SAMPLE);
  // Control characters other than those that texts use.
  const control = [...sample].filter((character) => character < ' ' && !'\t\n\f\r\u001b'.includes(character)).length;
  return control > sample.length * 0.02;
}
