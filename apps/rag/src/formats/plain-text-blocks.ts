import type { Block } from './structured-text';

/** Paragraphs: runs of lines that are not blank. */
export function plainTextBlocks(text: string, from = 0, to = text.length): Block[] {
  const blocks: Block[] = [];
  const paragraph = /[^\s][^]*?(?=\n[ \t]*\n|$)/gu;
  const part = text.slice(from, to);
  for (const match of part.matchAll(paragraph)) {
    const lineStart = part.lastIndexOf('\n', match.index) + 1;
    const start = part.slice(lineStart, match.index).trim() === '' ? lineStart : match.index;
    blocks.push({ kind: 'paragraph', start: from + start, end: from + match.index + match[0].trimEnd().length });
  }
  return blocks;
}
