import { sentencesOf } from './sentences';
import { termsOf } from './words';

export interface Passage {
  /** The number that `[n]` refers to. */
  readonly number: number;
  readonly text: string;
  readonly title?: string;
  readonly headingPath?: readonly string[];
}

export interface RankedSentence {
  readonly passage: Passage;
  /** A verbatim substring of the passage's text. */
  readonly text: string;
  readonly score: number;
  /** Position among all sentences, in reading order. */
  readonly position: number;
}

export const MOST_SENTENCES = 3;
/** Share of the question's weight that the answer and its surroundings must cover. */
const LEAST_COVERAGE = 0.4;
/** Share that a single sentence and its headings must cover to be quoted at all. */
const LEAST_SENTENCE_COVERAGE = 0.28;
const MOST_PASSAGES = 64;
/** How much a word in the headings counts beside one in the sentence. */
const HEADING_WEIGHT = 0.45;
const NEIGHBOUR_WEIGHT = 0.15;
/** A chapter whose heading is the question answers it, whatever words its sentences use; its first sentences most. */
const CHAPTER_WEIGHT = 0.9;
const LEAST_CHAPTER_SHARE = 0.7;
const OPENING_TERMS = 3;
const TOPICALITY_WEIGHT = 0.2;
/** Enough for any search; keeps the time of a call bounded whatever a tool returns. */
const MOST_CANDIDATES = 2_000;

interface Candidate {
  readonly passage: Passage;
  readonly text: string;
  readonly terms: ReadonlySet<string>;
  readonly bigrams: ReadonlySet<string>;
  /** The first words: what a sentence is about usually stands there. */
  readonly opening: ReadonlySet<string>;
  readonly headings: ReadonlySet<string>;
  /** Words of the innermost heading. */
  readonly chapter: ReadonlySet<string>;
  /** Position among the sentences of its passage. */
  readonly place: number;
  readonly length: number;
  readonly position: number;
  readonly rank: number;
}

/**
 * The sentences that answer a question best, at most three, best first; none when the passages say too little about it.
 *
 * Each term of the question weighs by its rarity in the passages; a term that occurs nowhere weighs most, so a question
 * about something else is not answered from the words it shares by chance.
 */
export function rankSentences(question: string, passages: readonly Passage[]): RankedSentence[] {
  const terms = [...new Set(termsOf(question))];
  const candidates = candidatesOf(passages.slice(0, MOST_PASSAGES));
  if (terms.length === 0 || candidates.length === 0) return [];
  const weights = weightsOf(terms, candidates);
  const total = sum(weights.values());
  const questionBigrams = bigramsOf(termsOf(question));
  const topicality = topicalityOf(candidates, weights);
  const scored = candidates
    .map((candidate) => ({ candidate, covered: Math.max(coverageOf(candidate, weights), chapterScoreOf(candidate, weights)) / total, score: (scoreOf(candidate, candidates, weights, questionBigrams) * (1 + TOPICALITY_WEIGHT * (topicality.get(candidate.passage) ?? 0))) / total }))
    .filter(({ covered }) => covered >= LEAST_SENTENCE_COVERAGE)
    .sort((a, b) => b.score - a.score || a.candidate.position - b.candidate.position);
  const chosen = choose(scored, weights);
  const said = new Set(chosen.flatMap(({ candidate }) => [...candidate.terms, ...candidate.headings]));
  const coverage = sum([...weights].filter(([term]) => said.has(term)).map(([, weight]) => weight)) / total;
  if (coverage < LEAST_COVERAGE) return [];
  return chosen.map(({ candidate, score }) => ({ passage: candidate.passage, text: candidate.text, score, position: candidate.position }));
}

function candidatesOf(passages: readonly Passage[]): Candidate[] {
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  passages.forEach((passage, rank) => {
    const headings = new Set(termsOf([passage.title ?? '', ...(passage.headingPath ?? [])].join(' ')));
    const chapter = new Set(termsOf(passage.headingPath?.at(-1) ?? ''));
    for (const [place, text] of sentencesOf(passage.text).entries()) {
      if (candidates.length >= MOST_CANDIDATES || seen.has(text)) continue;
      seen.add(text);
      const words = termsOf(text);
      if (words.length === 0) continue;
      candidates.push({ passage, text, terms: new Set(words), bigrams: bigramsOf(words), opening: new Set(words.slice(0, OPENING_TERMS)), headings, chapter, place, length: words.length, position: candidates.length, rank });
    }
  });
  return candidates;
}

function weightsOf(terms: readonly string[], candidates: readonly Candidate[]): Map<string, number> {
  return new Map(
    terms.map((term) => {
      const frequency = candidates.filter((candidate) => candidate.terms.has(term)).length;
      return [term, Math.log(1 + (candidates.length - frequency + 0.5) / (frequency + 0.5))];
    }),
  );
}

function coverageOf({ terms, headings }: Candidate, weights: ReadonlyMap<string, number>): number {
  return sum([...weights].map(([term, weight]) => (terms.has(term) ? weight : headings.has(term) ? weight * HEADING_WEIGHT : 0)));
}

function scoreOf(candidate: Candidate, all: readonly Candidate[], weights: ReadonlyMap<string, number>, questionBigrams: ReadonlySet<string>): number {
  const neighbours = [all[candidate.position - 1], all[candidate.position + 1]].filter((other) => other?.passage === candidate.passage);
  const near = sum([...weights].map(([term, weight]) => (!candidate.terms.has(term) && neighbours.some((other) => other?.terms.has(term)) ? weight * NEIGHBOUR_WEIGHT : 0)));
  const phrases = [...questionBigrams].filter((bigram) => candidate.bigrams.has(bigram)).length;
  const base = coverageOf(candidate, weights) + chapterScoreOf(candidate, weights) + near + 0.35 * phrases;
  const opens = [...weights.keys()].some((term) => candidate.opening.has(term)) ? 1.08 : 1;
  return base * opens * lengthFactor(candidate) * styleFactor(candidate.text) * (1 - 0.02 * Math.min(candidate.rank, 10));
}

/** Zero unless heading and question say the same: most of each is in the other. */
function chapterScoreOf({ chapter, place }: Candidate, weights: ReadonlyMap<string, number>): number {
  const total = sum(weights.values());
  const named = sum([...weights].map(([term, weight]) => (chapter.has(term) ? weight : 0)));
  const foreign = [...chapter].filter((term) => !weights.has(term)).length;
  if (named < total * LEAST_CHAPTER_SHARE || foreign > chapter.size / 2) return 0;
  return CHAPTER_WEIGHT * named * (1 - 0.05 * Math.min(place, 10));
}

/** Share of each passage's sentences that name something of the question: a passage about it beats one that mentions it. */
function topicalityOf(candidates: readonly Candidate[], weights: ReadonlyMap<string, number>): Map<Passage, number> {
  const counts = new Map<Passage, { all: number; named: number }>();
  for (const { passage, terms } of candidates) {
    const count = counts.get(passage) ?? { all: 0, named: 0 };
    count.all += 1;
    if ([...weights.keys()].some((term) => terms.has(term))) count.named += 1;
    counts.set(passage, count);
  }
  return new Map([...counts].map(([passage, { all, named }]) => [passage, named / all]));
}

/** Very short sentences say little, very long ones bury the answer. */
function lengthFactor({ length, text }: Candidate): number {
  if (length < 4) return 0.85;
  return text.length <= 220 ? 1 : Math.max(0.6, 1 - (text.length - 220) * 0.0011);
}

/** Sentences that lean on the one before them, ask instead of answering or are mostly notation read badly alone. */
function styleFactor(text: string): number {
  return formFactor(text) * (1 - Math.min(0.35, Math.max(0, notationOf(text) - 0.07) * 3));
}

const notationOf = (text: string) => (text.match(/[{}<>|=/\\[\]()_*;:`#$…→]/g)?.length ?? 0) / text.length;

function formFactor(text: string): number {
  if (/\?["'”’)]*$/.test(text)) return 0.6;
  if (/^(?:this|that|these|those|it|they|he|she|then|also|but|so|and|or|however|therefore|otherwise|see|here)\b/i.test(text)) return 0.85;
  return /[.!?。！？…]["'”’»)\]*_`]*$/.test(text) ? 1 : 0.88;
}

interface Scored {
  readonly candidate: Candidate;
  readonly score: number;
}

/** Best first; a further sentence must be nearly as good and say something that the ones before do not. */
function choose(scored: readonly Scored[], weights: ReadonlyMap<string, number>): Scored[] {
  const [best, ...rest] = scored;
  if (!best) return [];
  const chosen = [best];
  const said = new Set([...weights.keys()].filter((term) => best.candidate.terms.has(term)));
  for (const next of rest) {
    if (chosen.length >= MOST_SENTENCES) break;
    const adds = [...weights.keys()].some((term) => next.candidate.terms.has(term) && !said.has(term));
    if (next.score < best.score * (adds ? 0.55 : 0.75) || chosen.some(({ candidate }) => repeats(next.candidate, candidate))) continue;
    chosen.push(next);
    for (const term of weights.keys()) if (next.candidate.terms.has(term)) said.add(term);
  }
  return chosen;
}

function repeats(candidate: Candidate, other: Candidate): boolean {
  const shared = [...candidate.terms].filter((term) => other.terms.has(term)).length;
  return shared / Math.min(candidate.terms.size, other.terms.size) > 0.75;
}

const bigramsOf = (words: readonly string[]) => new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`));

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
