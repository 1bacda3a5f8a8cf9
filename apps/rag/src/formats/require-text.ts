import { AppError } from '@faas/errors';
import type { StructuredText } from './structured-text';

/** @throws AppError DOCUMENT_EMPTY when there is nothing to search. */
export function requireText(document: StructuredText): StructuredText {
  if (document.blocks.every(({ start, end }) => start === end)) throw new AppError('DOCUMENT_EMPTY', 'The document holds no text. A scanned document needs text recognition first.');
  return document;
}
