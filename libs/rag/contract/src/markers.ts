import type { Span } from './sentences';

export interface Marker extends Span {
  readonly numbers: readonly number[];
}

/** `[1]`, `[1, 2]`, `[1][2]` apart, `【1】`; not `[1](link)`, `[1]: definition` or `![1]`. */
const MARKER = /(?<!!)(?:\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]|【(\d{1,4})】)(?![(:])/gu;
const CODE = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`/gu;

/** Citation markers of an answer in order; brackets in code are left alone. */
export function markersOf(answer: string): Marker[] {
  const code = [...answer.matchAll(CODE)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  const markers: Marker[] = [];
  for (const match of answer.matchAll(MARKER)) {
    if (code.some(({ start, end }) => match.index >= start && match.index < end)) continue;
    const numbers = [...new Set((match[1] ?? match[2] ?? '').split(/[,;]/u).map(Number))];
    markers.push({ start: match.index, end: match.index + match[0].length, numbers });
  }
  return markers;
}
