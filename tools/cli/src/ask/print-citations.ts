import type { Citation } from '@faas/rag-contract';
import colors from 'picocolors';

const maxQuote = 400;

/** Numbered citations with what is needed to check them: document, headings, range and the quote itself. */
export function citationLines(citations: readonly Citation[], pathOf: (citation: Citation) => string | undefined): string[] {
  return citations.flatMap((citation) => {
    const { number, title, headingPath, start, end, quote } = citation;
    const path = pathOf(citation);
    const place = [path && path !== title ? `${path} (${title})` : title, ...headingPath.filter((heading, index) => index > 0 || heading !== title)].join(' › ');
    const shown = quote.replaceAll(/\s+/g, ' ').trim();
    return [`${colors.cyan(`[${number}]`)} ${place} ${colors.dim(`${start}–${end}`)}`, `    “${shown.length > maxQuote ? `${shown.slice(0, maxQuote)}…` : shown}”`];
  });
}
