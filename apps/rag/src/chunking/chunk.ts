/** A searchable piece of a document. */
export interface Chunk {
  /** Position in the document, from 0. */
  readonly ordinal: number;
  /** Unicode code points in the canonical text, end exclusive; text is exactly what lies between. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly headingPath: readonly string[];
  /** Header row of the table this chunk continues. */
  readonly context?: string;
}
