import { decodeText, toCanonicalText } from '../canonical-text';
import { DocumentFormat, type Original } from '../document-format.port';
import { plainTextBlocks } from '../plain-text-blocks';
import { requireText } from '../require-text';
import type { StructuredText } from '../structured-text';

/** Plain text and source code: the file itself, in paragraphs. */
export class PlainTextFormat extends DocumentFormat {
  readonly mediaType = 'text/plain';

  async check(original: Original): Promise<void> {
    await this.read(original);
  }

  async read({ bytes, charset }: Original): Promise<StructuredText> {
    const text = toCanonicalText(decodeText(bytes, charset));
    return requireText({ text, blocks: plainTextBlocks(text) });
  }
}
