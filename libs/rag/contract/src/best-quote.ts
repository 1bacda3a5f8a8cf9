import { sentencesOf, type Span } from './sentences';

const WORD = /[\p{L}\p{N}]+/gu;
const MAX_SENTENCES = 3;
/** What a further sentence must add, as a share of the claim, to be worth quoting. */
const WORTH = 0.12;
const EMPTY_WORDS = new Set('a an and are as at be by for from has have in is it its of on or that the this to was were which will with you your'.split(' '));

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(WORD) ?? []).map(stem);
}

/** Joins the commonest English endings; only ever compared with itself. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ies|es|s|ing|ed)$/u, '') : word;
}

/**
 * The sentence, or up to three adjacent ones, of `passage` that cover most of the words of `claim`; rare words of the
 * passage count more. Without any common word it is the first sentence.
 *
 * @returns UTF-16 units within `passage`; undefined when the passage is blank.
 */
export function bestQuote(claim: string, passage: string): Span | undefined {
  const sentences = sentencesOf(passage);
  const bags = sentences.map(({ start, end }) => new Set(wordsOf(passage.slice(start, end))));
  const weights = weigh(claim, bags);
  let best: { score: number; first: number; last: number } | undefined;
  for (let first = 0; first < sentences.length; first++) {
    const covered = new Set<string>();
    for (let last = first; last < Math.min(first + MAX_SENTENCES, sentences.length); last++) {
      for (const word of bags[last] ?? []) if (weights.has(word)) covered.add(word);
      const gain = [...covered].reduce((sum, word) => sum + (weights.get(word) ?? 0), 0);
      const score = gain - WORTH * (last - first) - 0.02 * surplus(bags, first, last, covered.size);
      if (!best || score > best.score + 1e-9) best = { score, first, last };
    }
  }
  const first = best && sentences[best.first];
  const last = best && sentences[best.last];
  return first && last && { start: first.start, end: last.end };
}

/** Share of the claim that each of its words carries; sums to 1 over all words. */
function weigh(claim: string, bags: readonly Set<string>[]): Map<string, number> {
  const all = [...new Set(wordsOf(claim))];
  const telling = all.filter((word) => !EMPTY_WORDS.has(word));
  const raw = (telling.length > 0 ? telling : all).map((word) => [word, Math.log(1 + (bags.length + 1) / (1 + bags.filter((bag) => bag.has(word)).length))] as const);
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(raw.map(([word, weight]) => [word, weight / total]));
}

/** How much more the quote says than the claim: of two equally good quotes the shorter one wins. */
function surplus(bags: readonly Set<string>[], first: number, last: number, covered: number): number {
  const words = bags.slice(first, last + 1).reduce((count, bag) => count + bag.size, 0);
  return words === 0 ? 0 : 1 - covered / words;
}
