/** A stretch of a text in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Ends of sentences: a blank line, the end of a heading, a line that begins a heading, list item, table row or fence, or closing punctuation
 * before white space. Lines that are merely wrapped stay together.
 */
const BREAK = /\n[ \t]*\n\s*|(?<=(?:^|\n)#{1,6} [^\n]*)\n|\n(?=[ \t]*(?:#{1,6} |[-*+] |\d+[.)] |\||```|~~~|> ))|(?<=[.!?…]["'”’)\]*_]*)\s+(?=["'“‘([*_`]*[\p{Lu}\p{N}\p{Lo}])|(?<=[。！？])\s*/gu;
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|No|Fig|Eq|al|pp?|approx|[A-Z])\.$/u;

/** Sentences, headings, list items and table rows of a text, without the white space around them, in order. */
export function sentencesOf(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const match of text.matchAll(BREAK)) {
    if (!match[0].includes('\n') && ABBREVIATION.test(text.slice(Math.max(0, match.index - 8), match.index))) continue;
    push(spans, text, start, match.index);
    start = match.index + match[0].length;
  }
  push(spans, text, start, text.length);
  return spans;
}

function push(spans: Span[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(text, start)) start++;
  while (end > start && isSpace(text, end - 1)) end--;
  if (end > start) spans.push({ start, end });
}

function isSpace(text: string, index: number): boolean {
  return text.charAt(index).trim() === '';
}
