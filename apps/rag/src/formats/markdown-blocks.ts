import type { Nodes, Root, RootContent } from 'mdast';
import type { Block } from './structured-text';

interface Parser {
  /** Structure only: what stands inside a paragraph is one text. */
  blocks(text: string): Root;
  /** A heading with its markup. */
  heading(text: string): Root;
}

/** Inline markup makes no blocks; left unread, long texts are parsed in half the time. */
const INLINE = [
  'attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape', 'htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink',
  'emailAutolink', 'gfmFootnoteCall', 'protocolAutolink', 'strikethrough', 'tasklistCheck', 'wwwAutolink',
];

/** The parser is slow and its tree many times the size of its input: long files are parsed in segments, with other work in between. */
const SEGMENT = 32 * 1024;

/** Blocks of a Markdown text; positions of the parser are the offsets, so the file itself stays the canonical text. */
export async function markdownBlocks(text: string): Promise<Block[]> {
  const parser = await loadParser();
  const blocks: Block[] = [];
  for (let from = frontMatterEnd(text); from < text.length; ) {
    const to = segmentEnd(text, from);
    for (const node of parser.blocks(text.slice(from, to)).children) collect(parser, node, from, text, blocks);
    from = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return blocks;
}

async function loadParser(): Promise<Parser> {
  const [{ fromMarkdown }, { gfm }, { gfmFromMarkdown }] = await Promise.all([import('mdast-util-from-markdown'), import('micromark-extension-gfm'), import('mdast-util-gfm')]);
  return {
    blocks: (text) => fromMarkdown(text, { extensions: [gfm(), { disable: { null: INLINE } }], mdastExtensions: [gfmFromMarkdown()] }),
    heading: (text) => fromMarkdown(text),
  };
}

/** YAML front matter is not Markdown; read as such its last line would become a heading. */
function frontMatterEnd(text: string): number {
  return /^---\n(?:.*\n)*?---(?:\n|$)/u.exec(text.slice(0, 20_000))?.[0].length ?? 0;
}

/** A blank line outside a fence, at or after the segment size. */
function segmentEnd(text: string, from: number): number {
  if (text.length - from <= SEGMENT * 1.5) return text.length;
  let fence = '';
  for (let line = from; line < text.length; ) {
    const end = text.indexOf('\n', line);
    if (end < 0) return text.length;
    const content = text.slice(line, Math.min(end, line + 200)).trim();
    const mark = /^(?:`{3,}|~{3,})/u.exec(content)?.[0];
    if (mark && fence === '') fence = mark;
    else if (mark && mark.startsWith(fence) && content === mark) fence = '';
    if (content === '' && fence === '' && line - from > SEGMENT) return end + 1;
    if (line - from > SEGMENT * 8) return end + 1;
    line = end + 1;
  }
  return text.length;
}

function collect(parser: Parser, node: RootContent, base: number, text: string, into: Block[]): void {
  const start = base + (node.position?.start.offset ?? 0);
  const end = base + (node.position?.end.offset ?? 0);
  switch (node.type) {
    case 'heading':
      into.push({ kind: 'heading', start, end, level: node.depth, label: labelOf(parser.heading(text.slice(start, end))) });
      break;
    case 'code':
      into.push({ kind: 'code', start, end });
      break;
    case 'table': {
      const header = text.indexOf('\n', start);
      const rule = header < 0 ? -1 : text.indexOf('\n', header + 1);
      into.push({ kind: 'table', start, end, headerLength: (rule < 0 || rule > end ? end : rule) - start });
      break;
    }
    case 'list':
      for (const item of node.children) collect(parser, item, base, text, into);
      break;
    case 'listItem':
      into.push({ kind: 'list', start, end });
      break;
    case 'thematicBreak':
    case 'definition':
      break;
    default:
      if (end > start) into.push({ kind: 'paragraph', start, end });
  }
}

/** The text of a heading as it is read: without markup. */
function labelOf(node: Nodes): string {
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  return 'children' in node ? node.children.map((child) => labelOf(child)).join('').replace(/\s+/gu, ' ').trim() : '';
}
