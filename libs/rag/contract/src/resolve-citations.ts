import { bestQuote } from './best-quote';
import type { Citation } from './citation';
import { codePointLength, codePointsUntil } from './code-points';
import { markersOf, type Marker } from './markers';
import type { Passage } from './search';
import { sentencesOf } from './sentences';

/** What of a passage a citation needs. */
export type CitablePassage = Pick<Passage, 'number' | 'collection' | 'documentId' | 'version' | 'title' | 'headingPath' | 'start' | 'end' | 'text' | 'url'>;

export interface ResolvedCitations {
  /** The answer without markers that refer to nothing. */
  readonly answer: string;
  /** In the order of the markers; one per passage and quote. */
  readonly citations: Citation[];
  /** Numbers in markers that no passage has. */
  readonly removed: number;
}

/**
 * Turns the `[n]` markers of an answer into citations. Each quote is the sentence, or the adjacent sentences, of passage n
 * that best match the sentence before the marker; it lies in the passage verbatim, so content[start:end] === quote.
 *
 * @example
 * const { answer, citations } = resolveCitations('Requests are limited per key [1].', passages);
 */
export function resolveCitations(answer: string, passages: readonly CitablePassage[]): ResolvedCitations {
  const byNumber = new Map(passages.map((passage) => [passage.number, passage]));
  const citations = new Map<string, Citation>();
  let removed = 0;
  let clean = '';
  let rest = 0;
  const markers = markersOf(answer);
  for (const [index, marker] of markers.entries()) {
    const known = marker.numbers.filter((number) => byNumber.has(number));
    removed += marker.numbers.length - known.length;
    clean += answer.slice(rest, marker.start);
    rest = marker.end;
    if (known.length === marker.numbers.length) clean += answer.slice(marker.start, marker.end);
    else if (known.length > 0) clean += `[${known.join(', ')}]`;
    else clean = trimBefore(clean, answer.charAt(rest));
    const claim = claimBefore(answer, markers, index);
    for (const number of known) {
      const citation = cite(claim, byNumber.get(number));
      if (citation) citations.set(`${citation.number}:${citation.start}:${citation.end}`, citation);
    }
  }
  return { answer: clean + answer.slice(rest), citations: [...citations.values()], removed };
}

/** A removed marker takes the space before it along, unless that would join two words. */
function trimBefore(text: string, next: string): string {
  return next === '' || /[\s.,;:!?)\]]/u.test(next) ? text.replace(/[ \t]+$/u, '') : text;
}

/** The sentence a marker closes: text since the marker group before it, of that the last sentence. */
function claimBefore(answer: string, markers: readonly Marker[], index: number): string {
  const end = startOfGroup(answer, markers, index);
  const before = [...markers].reverse().find((marker) => marker.end <= end);
  const since = withoutMarkers(answer.slice(before?.end ?? 0, end), 0);
  const recent = lastSentence(since);
  return /[\p{L}\p{N}]/u.test(recent) ? recent : lastSentence(withoutMarkers(answer.slice(0, end), 0));
}

/** Markers written side by side, "[1][2]" or "[1], [2]", close the same sentence. */
function startOfGroup(answer: string, markers: readonly Marker[], index: number): number {
  let start = markers[index]?.start ?? 0;
  for (let previous = index - 1; previous >= 0; previous--) {
    const marker = markers[previous];
    if (!marker || !/^[\s,;]*$/u.test(answer.slice(marker.end, start))) break;
    start = marker.start;
  }
  return start;
}

function withoutMarkers(text: string, from: number): string {
  return markersOf(text).reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text).slice(from);
}

function lastSentence(text: string): string {
  const last = sentencesOf(text).at(-1);
  return last ? text.slice(last.start, last.end) : '';
}

function cite(claim: string, passage: CitablePassage | undefined): Citation | undefined {
  const quote = passage && bestQuote(claim, passage.text);
  if (!quote) return undefined;
  const text = passage.text.slice(quote.start, quote.end);
  const start = passage.start + codePointsUntil(passage.text, quote.start);
  return {
    number: passage.number,
    collection: passage.collection,
    documentId: passage.documentId,
    version: passage.version,
    title: passage.title,
    headingPath: passage.headingPath,
    start,
    end: start + codePointLength(text),
    quote: text,
    ...(passage.url ? { url: passage.url } : {}),
  };
}
