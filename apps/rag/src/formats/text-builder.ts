import type { Block, StructuredText } from './structured-text';

/** Builds a canonical text out of parts and remembers where each of its blocks lies. */
export class TextBuilder {
  private readonly parts: string[] = [];
  private readonly blocks: Block[] = [];
  private length = 0;
  /** The open paragraph in pieces: joined once, so that many small ones stay cheap. */
  private line: string[] = [];
  private prefix = '';

  /** Text that flows: white space collapses. */
  inline(text: string): void {
    const flat = text.replace(/[^\S\u00a0]+/gu, ' ');
    const piece = /[ \n]$/u.test(this.line.at(-1)?.at(-1) ?? ' ') ? flat.trimStart() : flat;
    if (piece !== '') this.line.push(piece);
  }

  lineBreak(): void {
    let last = '';
    while (last === '' && this.line.length > 0) last = (this.line.pop() ?? '').trimEnd();
    this.line.push(`${last}\n`);
  }

  paragraph(inside: () => void): void {
    this.flush();
    inside();
    this.flush();
  }

  item(inside: () => void): void {
    this.flush();
    this.prefix = '- ';
    inside();
    this.flush();
    this.prefix = '';
  }

  heading(level: number, text: string): void {
    this.flush();
    const label = text.replace(/\s+/gu, ' ').trim();
    this.add({ kind: 'heading', level, label }, label);
  }

  /** A heading that stands nowhere in the text: the number of a page. */
  section(level: number, label: string): void {
    this.flush();
    this.blocks.push({ kind: 'heading', level, label, start: this.length, end: this.length });
  }

  code(text: string): void {
    this.flush();
    this.add({ kind: 'code' }, text.replace(/^\n+/u, '').trimEnd());
  }

  table(rows: readonly string[], hasHeader: boolean): void {
    this.flush();
    this.add({ kind: 'table', ...(hasHeader ? { headerLength: rows[0]?.length ?? 0 } : {}) }, rows.join('\n'));
  }

  finish(): StructuredText {
    this.flush();
    return { text: this.parts.join(''), blocks: this.blocks };
  }

  private flush(): void {
    const text = this.line.join('').trim();
    this.line = [];
    if (text === '') return;
    this.add({ kind: this.prefix === '' ? 'paragraph' : 'list' }, this.prefix + text);
    this.prefix = '';
  }

  private add(block: Omit<Block, 'start' | 'end'>, text: string): void {
    if (text.trim() === '') return;
    const previous = this.blocks.findLast(({ start, end }) => end > start);
    this.push(previous ? (previous.kind === 'list' && block.kind === 'list' ? '\n' : '\n\n') : '');
    const start = this.length;
    this.push(text);
    this.blocks.push({ ...block, start, end: this.length });
  }

  private push(text: string): void {
    this.parts.push(text);
    this.length += text.length;
  }
}
