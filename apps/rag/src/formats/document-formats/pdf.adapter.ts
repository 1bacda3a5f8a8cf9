import { AppError } from '@faas/errors';
import { toCanonicalText } from '../canonical-text';
import { DocumentFormat, type Original } from '../document-format.port';
import { assertStreamsBounded } from '../pdf-stream-bound';
import { pageLines, pageParagraphs, type PdfTextItem } from '../pdf-text';
import { requireText } from '../require-text';
import type { StructuredText } from '../structured-text';
import { TextBuilder } from '../text-builder';

interface PdfPage {
  getTextContent(): Promise<{ items: readonly unknown[] }>;
  cleanup(): boolean;
}
interface PdfDocument {
  readonly numPages: number;
  getPage(number: number): Promise<PdfPage>;
  getMetadata(): Promise<{ info: object }>;
  readonly loadingTask: { destroy(): Promise<void> };
}

export interface PdfLimits {
  readonly maxPages: number;
  /** Milliseconds to read a whole document. */
  readonly deadlineMs: number;
}

/** How long an upload waits to learn whether a document holds any text. */
const CHECK_MS = 10_000;

/** PDF: text page by page, with the page as heading above each passage. */
export class PdfFormat extends DocumentFormat {
  readonly mediaType = 'application/pdf';

  constructor(private readonly limits: PdfLimits) {
    super();
  }

  async check({ bytes }: Original): Promise<void> {
    await this.open(bytes, async (pdf) => {
      const until = Date.now() + CHECK_MS;
      for (let number = 1; number <= pdf.numPages && Date.now() < until; number++) {
        if ((await this.lines(pdf, number)).length > 0) return;
      }
      requireText({ text: '', blocks: [] });
    });
  }

  async read({ bytes }: Original): Promise<StructuredText> {
    return this.open(bytes, async (pdf) => {
      const until = Date.now() + this.limits.deadlineMs;
      const builder = new TextBuilder();
      for (let number = 1; number <= pdf.numPages; number++) {
        if (Date.now() > until) throw new AppError('DOCUMENT_UNREADABLE', `Reading the PDF took over ${this.limits.deadlineMs / 1000} s at page ${number} of ${pdf.numPages}. Split it.`);
        const paragraphs = pageParagraphs(await this.lines(pdf, number));
        if (paragraphs.length > 0) builder.section(1, `Page ${number}`);
        for (const paragraph of paragraphs) builder.paragraph(() => builder.inline(toCanonicalText(paragraph)));
      }
      const { info } = await pdf.getMetadata();
      const title = 'Title' in info && typeof info.Title === 'string' ? toCanonicalText(info.Title).trim() : '';
      return requireText({ ...builder.finish(), ...(title ? { title } : {}) });
    });
  }

  private async open<T>(bytes: Uint8Array, work: (pdf: PdfDocument) => Promise<T>): Promise<T> {
    // pdf.js unpacks and reads a whole page without a pause: what it may unpack is bounded beforehand.
    await assertStreamsBounded(bytes);
    const pdf = await openDocument(bytes);
    try {
      if (pdf.numPages > this.limits.maxPages) throw new AppError('REQUEST_TOO_LARGE', `The PDF has ${pdf.numPages} pages; ${this.limits.maxPages} are allowed. Split it.`);
      return await work(pdf);
    } catch (error) {
      throw AppError.is(error) ? error : unreadable(error);
    } finally {
      await pdf.loadingTask.destroy();
    }
  }

  private async lines(pdf: PdfDocument, number: number) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return pageLines(items.filter(isTextItem));
  }
}

async function openDocument(bytes: Uint8Array): Promise<PdfDocument> {
  const { getDocumentProxy } = await import('unpdf');
  try {
    // pdf.js takes its input over, and hands nothing back when it fails: it gets a copy.
    return (await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0, stopAtErrors: false })) as unknown as PdfDocument;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'PasswordException') throw new AppError('DOCUMENT_ENCRYPTED', 'The PDF is protected by a password. Send it without.', { cause: error });
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): AppError {
  return new AppError('DOCUMENT_UNREADABLE', 'The document is not a readable PDF: it is damaged or of another type.', { cause });
}

function isTextItem(item: unknown): item is PdfTextItem {
  return typeof item === 'object' && item !== null && 'str' in item && 'transform' in item;
}
