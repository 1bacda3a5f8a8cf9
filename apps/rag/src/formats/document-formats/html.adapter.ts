import { AppError } from '@faas/errors';
import { decodeText, toCanonicalText } from '../canonical-text';
import { DocumentFormat, type Original } from '../document-format.port';
import { htmlText } from '../html-text';
import { requireText } from '../require-text';
import type { StructuredText } from '../structured-text';

/** Parsing builds a tree many times the size of the page. */
const MAX_BYTES = 8 * 1024 * 1024;
const DECLARED_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/iu;

/** Web pages: the main content as text; menus, scripts and styles are left out. */
export class HtmlFormat extends DocumentFormat {
  readonly mediaType = 'text/html';

  async check(original: Original): Promise<void> {
    await this.read(original);
  }

  async read({ bytes, charset }: Original): Promise<StructuredText> {
    if (bytes.length > MAX_BYTES) throw new AppError('REQUEST_TOO_LARGE', `An HTML document may have ${MAX_BYTES / 1024 / 1024} MB. Split it or send its text.`);
    const declared = charset ?? DECLARED_CHARSET.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 4096)))?.[1];
    return requireText(await htmlText(toCanonicalText(decodeText(bytes, declared))));
  }
}
