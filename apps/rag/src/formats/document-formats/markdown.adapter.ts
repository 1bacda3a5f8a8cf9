import { decodeText, toCanonicalText } from '../canonical-text';
import { DocumentFormat, type Original } from '../document-format.port';
import { markdownBlocks } from '../markdown-blocks';
import { requireText } from '../require-text';
import type { StructuredText } from '../structured-text';

/** CommonMark with GitHub's tables; the canonical text is the file itself. */
export class MarkdownFormat extends DocumentFormat {
  readonly mediaType = 'text/markdown';

  async check(original: Original): Promise<void> {
    const text = toCanonicalText(decodeText(original.bytes, original.charset));
    requireText({ text, blocks: await markdownBlocks(text.length > CHECKED ? text.slice(0, CHECKED) : text) });
  }

  async read({ bytes, charset }: Original): Promise<StructuredText> {
    const text = toCanonicalText(decodeText(bytes, charset));
    const blocks = await markdownBlocks(text);
    const top = blocks.find(({ kind, level, start, label = '' }) => kind === 'heading' && level === 1 && start <= TITLE_WITHIN && label.length <= LONGEST_TITLE);
    return requireText({ text, blocks, ...(top?.label ? { title: top.label } : {}) });
  }
}

/** A heading further down, or one that runs on for lines, names a part and not the document: every chunk would be found by it. */
const TITLE_WITHIN = 2_000;
const LONGEST_TITLE = 200;
/** Whatever Markdown begins with, this much of it holds some text. */
const CHECKED = 64 * 1024;
