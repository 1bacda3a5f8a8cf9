import type { Citation } from './citation';
import { resolveCitations, type CitablePassage, type ResolvedCitations } from './resolve-citations';

const OPEN_MARKER = /[[【][\d\s,;]{0,24}$/u;

export interface CitedDelta {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/**
 * Resolves citations while an answer is still being written: text goes on at once, except an unfinished marker at its end,
 * and every citation is reported once, as soon as its marker is complete. `finish` gives the whole answer, which holds.
 */
export class CitationStream {
  private answer = '';
  private sent = 0;
  private readonly seen = new Set<string>();

  constructor(private readonly passages: readonly CitablePassage[]) {}

  push(text: string): CitedDelta {
    this.answer += text;
    const held = OPEN_MARKER.exec(this.answer);
    return this.advance(held ? held.index : this.answer.length);
  }

  /** The text that was held back, and the whole answer resolved. */
  finish(): CitedDelta & { readonly resolved: ResolvedCitations } {
    return { ...this.advance(this.answer.length), resolved: resolveCitations(this.answer, this.passages) };
  }

  private advance(end: number): CitedDelta {
    const text = this.answer.slice(this.sent, end);
    this.sent = Math.max(this.sent, end);
    if (!/[\]】]/u.test(text)) return { text, citations: [] };
    const fresh = resolveCitations(this.answer.slice(0, end), this.passages).citations.filter((citation) => {
      const key = `${citation.number}:${citation.start}:${citation.end}`;
      return !this.seen.has(key) && this.seen.add(key);
    });
    return { text, citations: fresh };
  }
}
