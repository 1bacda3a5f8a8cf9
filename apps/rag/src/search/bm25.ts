export const K1 = 1.2;
export const B = 0.75;
/** How much the whole document counts beside the chunk: finds the chunk that says "it" in the document that says what. */
export const PARENT_WEIGHT = 0.5;
/** Words of a question that are looked up at most, the rarest first. */
export const MAX_QUERY_WORDS = 32;

export interface QueryWord {
  readonly word: string;
  /** How often the question has it. */
  readonly asked: number;
  /** How many documents and chunks of the collection have it. */
  readonly documents: number;
  readonly chunks: number;
}

/** Robertson and Spärck Jones' weight in the form that is never negative. */
export function inverseFrequency(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

export interface ChosenWords {
  /** Words that occur in the collection. */
  readonly words: readonly QueryWord[];
  /** Score of a chunk of usual length, in such a document, that has each word of the question once. */
  readonly fullMatch: number;
  readonly cut: boolean;
}

/** The words to look up, rarest first. Words the collection does not have count for what a full match would be. */
export function chooseWords(all: readonly QueryWord[], { documents, chunks }: { documents: number; chunks: number }): ChosenWords {
  const ordered = [...all].sort((a, b) => a.chunks - b.chunks || (a.word < b.word ? -1 : 1));
  const known = ordered.filter((word) => word.chunks > 0);
  const fullMatch = ordered
    .slice(0, MAX_QUERY_WORDS)
    .reduce((sum, word) => sum + word.asked * (inverseFrequency(word.chunks, chunks) + PARENT_WEIGHT * inverseFrequency(word.documents, documents)), 0);
  return { words: known.slice(0, MAX_QUERY_WORDS), fullMatch, cut: known.length > MAX_QUERY_WORDS };
}
