/**
 * A stretch of the canonical text that belongs together, in UTF-16 units, end exclusive.
 * Blocks do not overlap and stand in the order of the text; what lies between them is white space or markup.
 */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'list' | 'table' | 'code';
  readonly start: number;
  readonly end: number;
  /** Of headings: 1 is the outermost. */
  readonly level?: number;
  /** Of headings: the text without markup. */
  readonly label?: string;
  /** Of tables: how many characters at its beginning are the header row. */
  readonly headerLength?: number;
}

/** What a format makes of the original bytes: the canonical text and its structure. */
export interface StructuredText {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Title in the document itself. */
  readonly title?: string;
}
