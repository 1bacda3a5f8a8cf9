export interface ReferenceDocument {
  readonly key: number;
  /** Words of each chunk and how often it has them. */
  readonly chunks: readonly ReadonlyMap<string, number>[];
}

export interface ReferenceHit {
  readonly key: number;
  readonly ordinal: number;
  readonly score: number;
}

const K1 = 1.2;
const B = 0.75;
const PARENT_WEIGHT = 0.5;

/** BM25 by its definition, straight over the texts: of the chunk, plus half that of its document. */
export function referenceRanking(documents: readonly ReferenceDocument[], question: ReadonlyMap<string, number>): ReferenceHit[] {
  const bags = documents.flatMap(({ chunks }) => chunks);
  const wholes = new Map(documents.map(({ key, chunks }) => [key, chunks.reduce(merge, new Map<string, number>())]));
  const ofChunk = ranker(bags, question);
  const ofDocument = ranker([...wholes.values()], question);
  return documents.flatMap(({ key, chunks }) =>
    chunks.flatMap((bag, ordinal) => {
      if (![...question.keys()].some((word) => bag.has(word))) return [];
      return [{ key, ordinal, score: ofChunk(bag) + PARENT_WEIGHT * ofDocument(wholes.get(key) ?? new Map()) }];
    }),
  );
}

function ranker(bags: readonly ReadonlyMap<string, number>[], question: ReadonlyMap<string, number>): (bag: ReadonlyMap<string, number>) => number {
  const average = bags.reduce((sum, bag) => sum + lengthOf(bag), 0) / bags.length;
  return (bag) => {
    let score = 0;
    for (const [word, asked] of question) {
      const frequency = bag.get(word) ?? 0;
      const having = bags.filter((other) => other.has(word)).length;
      const rarity = Math.log(1 + (bags.length - having + 0.5) / (having + 0.5));
      if (frequency > 0) score += (asked * rarity * frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * lengthOf(bag)) / average));
    }
    return score;
  };
}

function lengthOf(bag: ReadonlyMap<string, number>): number {
  return [...bag.values()].reduce((sum, count) => sum + count, 0);
}

function merge(into: Map<string, number>, bag: ReadonlyMap<string, number>): Map<string, number> {
  for (const [word, count] of bag) into.set(word, (into.get(word) ?? 0) + count);
  return into;
}
