import type { Block } from '../formats/structured-text';

export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** From the strongest to the weakest place to cut; each match ends where the next piece may begin. */
const CUTS: Record<'prose' | 'lines', readonly RegExp[]> = {
  prose: [/\n[ \t]*\n+/gu, /(?<=[.!?…]["'”’)\]]*)\s+|[。！？]/gu, /\n/gu, /\s+/gu],
  lines: [/\n[ \t]*\n+/gu, /\n/gu, /\s+/gu],
};

/** Cuts a block into pieces of at most `limit` UTF-16 units at the strongest places that fit, never inside a surrogate pair. */
export function splitBlock(text: string, { kind, start, end }: Block, limit: number): Piece[] {
  return split(text, start, end, limit, kind === 'table' || kind === 'code' ? CUTS.lines : CUTS.prose);
}

function split(text: string, start: number, end: number, limit: number, cuts: readonly RegExp[]): Piece[] {
  if (end - start <= limit) return [{ start, end }];
  const [cut, ...weaker] = cuts;
  if (!cut) return hardSplit(text, start, end, limit);
  const pieces: Piece[] = [];
  let from = start;
  let reached = start;
  const flush = (to: number) => {
    if (to > from) pieces.push(...split(text, from, to, limit, weaker));
    from = to;
    reached = to;
  };
  for (const match of text.slice(start, end).matchAll(cut)) {
    const at = start + match.index + match[0].length;
    if (at - from > limit && reached > from) flush(reached);
    reached = at;
    if (at - from > limit) flush(at);
  }
  if (end - from > limit && reached > from) flush(reached);
  flush(end);
  return pieces;
}

function hardSplit(text: string, start: number, end: number, limit: number): Piece[] {
  const pieces: Piece[] = [];
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + limit);
    const last = text.charCodeAt(to - 1);
    if (to < end && to - 1 > from && last >= 0xd800 && last <= 0xdbff) to--;
    pieces.push({ start: from, end: to });
    from = to;
  }
  return pieces;
}
