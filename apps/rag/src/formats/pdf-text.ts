/** A piece of text on a PDF page; transform[5] is its baseline, counted from the bottom. */
export interface PdfTextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  readonly transform: readonly number[];
}

export interface PdfLine {
  readonly text: string;
  readonly baseline: number;
  readonly height: number;
}

/** A gap between lines that is this many times the usual one begins a paragraph. */
const PARAGRAPH_GAP = 1.45;

export function pageLines(items: readonly PdfTextItem[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let text = '';
  let first: PdfTextItem | undefined;
  const flush = () => {
    const line = text.replace(/\s+/gu, ' ').trim();
    if (line !== '' && first) lines.push({ text: line, baseline: first.transform[5] ?? 0, height: first.height });
    text = '';
    first = undefined;
  };
  for (const item of items) {
    if (item.str.trim() !== '') first ??= item;
    text += item.str;
    if (item.hasEOL) flush();
  }
  flush();
  return lines;
}

/** Joins lines into paragraphs by the gaps between them; a word cut by a hyphen at a line's end is joined again. */
export function pageParagraphs(lines: readonly PdfLine[]): string[] {
  const gaps = lines.slice(1).map((line, index) => (lines[index]?.baseline ?? 0) - line.baseline).filter((gap) => gap > 0);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const paragraphs: string[] = [];
  lines.forEach((line, index) => {
    const previous = lines[index - 1];
    const gap = previous ? previous.baseline - line.baseline : 0;
    const continues = previous && gap > 0 && gap <= usual * PARAGRAPH_GAP && Math.abs(previous.height - line.height) <= 0.15 * Math.max(previous.height, line.height, 1);
    const open = continues ? paragraphs.pop() : undefined;
    paragraphs.push(open === undefined ? line.text : joinLines(open, line.text));
  });
  return paragraphs;
}

function joinLines(before: string, after: string): string {
  return /\p{L}-$/u.test(before) && /^\p{Ll}/u.test(after) ? before.slice(0, -1) + after : `${before} ${after}`;
}
