import { TextBuilder } from './text-builder';
import type { StructuredText } from './structured-text';

/** What the walker needs of a DOM. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<DomNode>;
}
interface DomElement extends DomNode {
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
  getAttribute(name: string): string | null;
}

const SKIPPED = new Set('SCRIPT STYLE NOSCRIPT TEMPLATE NAV ASIDE FORM BUTTON SELECT SVG IFRAME OBJECT HEAD DIALOG MENU CANVAS VIDEO AUDIO TEXTAREA'.split(' '));
const PARAGRAPHS = new Set('P DIV SECTION ARTICLE MAIN BODY HTML BLOCKQUOTE FIGURE FIGCAPTION ADDRESS DL DT DD UL OL DETAILS SUMMARY HEADER FOOTER HR CENTER FIELDSET'.split(' '));
const MAX_DEPTH = 400;
const READABLE_ELEMENTS = 100_000;
const READABLE_DEPTH = 200;
const ELEMENT = 1;
const TEXT = 3;
/** The main content must hold this share of the page's text to stand for it. */
const MAIN_SHARE = 0.3;

/** Canonical text and blocks of a page, by a walk over its main content. */
export async function htmlText(html: string): Promise<StructuredText> {
  const { parseHTML } = await import('linkedom');
  const { document } = parseHTML(/<html[\s>]/iu.test(html) ? html : `<html><body>${html}</body></html>`) as unknown as { document: DomElement };
  const body = document.querySelector('body') ?? document;
  const root = mainOf(body) ?? (await readableOf(html, body)) ?? body;
  const builder = new TextBuilder();
  walk(root, builder, root === body, 0);
  const title = [document.querySelector('title')?.textContent, body.querySelector('h1')?.textContent].map((text) => (text ?? '').replace(/\s+/gu, ' ').trim()).find(Boolean);
  return { ...builder.finish(), ...(title ? { title } : {}) };
}

/** What the page itself marks as its content. */
function mainOf(body: DomElement): DomElement | undefined {
  const candidates = [...body.querySelectorAll('main, [role="main"], article')];
  const whole = lengthOf(body);
  return candidates.length > 0 && candidates.length < 4 ? candidates.find((element) => lengthOf(element) >= whole * MAIN_SHARE) : undefined;
}

/** Readability where it keeps most of the text: it drops menus and banners of pages without semantic markup. */
async function readableOf(html: string, body: DomElement): Promise<DomElement | undefined> {
  if (!body.querySelector('nav, header, footer, aside, [class*="menu"], [class*="sidebar"], [id*="nav"]')) return undefined;
  if (isVast(body)) return undefined;
  const [{ parseHTML }, { Readability }] = await Promise.all([import('linkedom'), import('@mozilla/readability')]);
  const copy = parseHTML(html).document;
  const content = new Readability(copy as unknown as ConstructorParameters<typeof Readability>[0]).parse()?.content;
  if (!content) return undefined;
  const { document } = parseHTML(`<html><body>${content}</body></html>`) as unknown as { document: DomElement };
  const readable = document.querySelector('body') ?? undefined;
  return readable && lengthOf(readable) >= lengthOf(body) * MAIN_SHARE ? readable : undefined;
}

/** Readability takes time by depth times size: it reads ordinary pages only. */
function isVast(body: DomElement): boolean {
  let elements = 0;
  const stack: [DomNode, number][] = [[body, 0]];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const [node, depth] = top;
    if (node.nodeType !== ELEMENT) continue;
    if (++elements > READABLE_ELEMENTS || depth > READABLE_DEPTH) return true;
    for (const child of node.childNodes) stack.push([child, depth + 1]);
  }
  return false;
}

function lengthOf(element: DomElement): number {
  let length = 0;
  const stack: DomNode[] = [element];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.nodeType === TEXT) length += (node.textContent ?? '').trim().length;
    else if (!SKIPPED.has(node.nodeName.toUpperCase())) for (const child of node.childNodes) stack.push(child);
  }
  return length;
}

function walk(node: DomNode, builder: TextBuilder, wholePage: boolean, depth: number): void {
  if (node.nodeType === TEXT) {
    builder.inline(node.textContent ?? '');
    return;
  }
  const name = node.nodeName.toUpperCase();
  if (depth > MAX_DEPTH || SKIPPED.has(name) || isHidden(node) || (wholePage && depth === 1 && (name === 'HEADER' || name === 'FOOTER'))) return;
  const inside = () => {
    for (const child of node.childNodes) walk(child, builder, wholePage, depth + 1);
  };
  if (/^H[1-6]$/u.test(name)) builder.heading(Number(name[1]), node.textContent ?? '');
  else if (name === 'PRE') builder.code(node.textContent ?? '');
  else if (name === 'TABLE') table(node as DomElement, builder, wholePage, depth);
  else if (name === 'BR') builder.lineBreak();
  else if (name === 'LI') builder.item(inside);
  else if (PARAGRAPHS.has(name)) builder.paragraph(inside);
  else inside();
}

function isHidden(node: DomNode): boolean {
  if (node.nodeType !== ELEMENT) return false;
  const element = node as DomElement;
  return element.getAttribute('hidden') !== null || element.getAttribute('aria-hidden') === 'true' || /display\s*:\s*none/iu.test(element.getAttribute('style') ?? '');
}

/**
 * Tables of one column, and those that hold other tables, lay out a page; they are read cell by cell like any other part of it.
 * Every cell belongs to one table only, so each text is read once.
 */
function table(element: DomElement, builder: TextBuilder, wholePage: boolean, depth: number): void {
  const rows = rowsOf(element);
  const isLayout = rows.every((cells) => cells.length < 2) || rows.some((cells) => cells.some((cell) => cell.nodeName.toUpperCase() === 'TABLE' || cell.querySelector('table') !== null));
  if (isLayout) {
    for (const cell of rows.flat()) builder.paragraph(() => walk(cell, builder, wholePage, depth + 1));
    return;
  }
  const lines = rows.map((cells) => cells.map((cell) => (cell.textContent ?? '').replace(/\s+/gu, ' ').trim())).filter((cells) => cells.some((cell) => cell !== ''));
  builder.table(lines.map((cells) => cells.join(' | ')), rows.some((cells) => cells.some((cell) => cell.nodeName.toUpperCase() === 'TH')));
}

/** The outermost cells by row; a table outside of any cell stands for one. */
function rowsOf(element: DomElement): DomElement[][] {
  const rows: DomElement[][] = [];
  const stack: DomNode[] = [...element.childNodes].reverse();
  for (let node = stack.pop(); node; node = stack.pop()) {
    const name = node.nodeName.toUpperCase();
    if (name === 'TR') rows.push([]);
    if (name === 'TD' || name === 'TH' || name === 'TABLE') {
      if (rows.length === 0) rows.push([]);
      rows.at(-1)?.push(node as DomElement);
    } else for (const child of [...node.childNodes].reverse()) stack.push(child);
  }
  return rows;
}
