import { CodePointCounter, type CollectionSettings } from '@faas/rag-contract';
import type { Block, StructuredText } from '../formats/structured-text';
import type { Chunk } from './chunk';
import { splitBlock } from './split-block';

export type ChunkLimits = Pick<CollectionSettings, 'chunkCharacters' | 'chunkOverlap'>;

/** A chunk that is this full, as a share of its limit, ends where a section ends; a smaller one takes the next section along. */
const FULL_ENOUGH = 0.5;
/** Tables and code may exceed the limit by this factor before they are cut. */
const WHOLE_BLOCK = 1.5;

interface Unit {
  readonly start: number;
  readonly end: number;
  readonly path: readonly string[];
  readonly heading: boolean;
  readonly context?: string;
}

interface Draft extends Omit<Unit, 'heading'> {
  readonly headingOnly: boolean;
}

/**
 * Cuts a document along its structure: sections first, then blocks, then sentences. Tables and code stay whole when they
 * are not much over the limit; a cut table keeps its header row as context. Deterministic: the same input gives the same
 * chunks, which is what lets an interrupted job continue.
 *
 * Promise: chunk.text equals the canonical text from start to end, counted in Unicode code points.
 */
export function chunkDocument({ text, blocks }: StructuredText, limits: ChunkLimits): Chunk[] {
  const points = new CodePointCounter(text);
  return pack(unitsOf(text, blocks, limits.chunkCharacters), limits.chunkCharacters).map((draft, ordinal, drafts) => {
    const earliest = drafts[ordinal - 1]?.start ?? draft.start;
    const start = withOverlap(text, draft.start, earliest, limits.chunkOverlap);
    return {
      ordinal,
      start: points.at(start),
      end: points.at(draft.end),
      text: text.slice(start, draft.end),
      headingPath: draft.path,
      ...(draft.context ? { context: draft.context } : {}),
    };
  });
}

/** Pieces that are never cut again, each with the headings above it. */
function unitsOf(text: string, blocks: readonly Block[], limit: number): Unit[] {
  const headings: { level: number; label: string }[] = [];
  return blocks.flatMap((block) => {
    if (block.kind === 'heading') {
      const level = block.level ?? 1;
      while ((headings.at(-1)?.level ?? 0) >= level) headings.pop();
      if (block.label) headings.push({ level, label: block.label });
    }
    const path = headings.map(({ label }) => label);
    const whole = block.kind === 'table' || block.kind === 'code' ? limit * WHOLE_BLOCK : limit;
    const pieces = block.end - block.start <= whole ? [block] : splitBlock(text, block, limit);
    const header = block.headerLength ? text.slice(block.start, block.start + block.headerLength) : undefined;
    return pieces
      .map((piece, index) => ({ ...trim(text, piece.start, piece.end), path, heading: block.kind === 'heading', ...(index > 0 && header ? { context: header.slice(0, limit) } : {}) }))
      .filter(({ start, end }) => end > start);
  });
}

function pack(units: readonly Unit[], limit: number): Draft[] {
  const drafts: Draft[] = [];
  let open: Draft | undefined;
  for (const unit of units) {
    const joined: Draft | undefined = open && { ...open, end: unit.end, path: open.headingOnly ? unit.path : commonPath(open.path, unit.path), headingOnly: open.headingOnly && unit.heading };
    const closes = open && joined && (joined.end - joined.start > limit || (unit.heading && open.end - open.start >= limit * FULL_ENOUGH) || unit.context !== undefined) && !(open.headingOnly && joined.end - joined.start <= limit * WHOLE_BLOCK);
    if (open && joined && !closes) {
      open = joined;
      continue;
    }
    if (open) drafts.push(open);
    open = { start: unit.start, end: unit.end, path: unit.path, headingOnly: unit.heading, ...(unit.context ? { context: unit.context } : {}) };
  }
  if (open) drafts.push(open);
  return drafts;
}

/** The headings that hold for both: a chunk of two sections stands below what they share, or below the first if that is nothing. */
function commonPath(first: readonly string[], second: readonly string[]): readonly string[] {
  const length = first.findIndex((label, index) => label !== second[index]);
  if (length < 0) return first;
  return length === 0 ? first : first.slice(0, length);
}

/** Begins up to `overlap` characters earlier, at the start of a sentence or word. */
function withOverlap(text: string, start: number, earliest: number, overlap: number): number {
  const from = Math.max(earliest, start - overlap);
  if (overlap === 0 || from >= start) return start;
  const lead = text.slice(from, start);
  const sentence = /(?<=[.!?\n]["'”’)\]]*)\s+(?=\S)/u.exec(lead);
  const word = /\s+(?=\S)/u.exec(lead);
  const cut = from === earliest ? { index: 0, 0: '' } : (sentence ?? word);
  return cut ? from + cut.index + cut[0].length : start;
}

function trim(text: string, from: number, to: number): { start: number; end: number } {
  let start = from;
  let end = to;
  while (start < end && text.charAt(start).trim() === '') start++;
  while (end > start && text.charAt(end - 1).trim() === '') end--;
  return { start, end };
}
