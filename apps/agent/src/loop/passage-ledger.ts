import { codePointLength, type Passage } from '@faas/rag-contract';

/** A passage as the rag service found it; the number it has there means nothing to a run. */
export type FoundPassage = Passage;

/**
 * Numbers the passages of a run from 1 and never reuses a number, so that `[n]` means one thing from the first search
 * to the answer. A passage that is found again keeps its number.
 */
export class PassageLedger {
  private readonly numbered = new Map<string, Passage>();

  get passages(): readonly Passage[] {
    return [...this.numbered.values()];
  }

  /** @returns as many of the passages as fit in `maxCharacters`, numbered; at least the first, cut if it must be. */
  add(found: readonly FoundPassage[], maxCharacters: number): Passage[] {
    let left = maxCharacters;
    const added: Passage[] = [];
    for (const passage of found) {
      if (added.length > 0 && passage.text.length > left) break;
      const numbered = this.number(cut(passage, left));
      added.push(numbered);
      left -= numbered.text.length;
    }
    return added;
  }

  private number(passage: FoundPassage): Passage {
    const key = `${passage.documentId}:${passage.version}:${passage.start}:${passage.end}`;
    const known = this.numbered.get(key);
    if (known) return known;
    const numbered = { ...passage, number: this.numbered.size + 1 };
    this.numbered.set(key, numbered);
    return numbered;
  }
}

/** The end moves with the text: a quote from a cut passage still stands where it says. */
function cut(passage: FoundPassage, length: number): FoundPassage {
  if (passage.text.length <= length) return passage;
  const splitsPair = /[\ud800-\udbff]/.test(passage.text.charAt(length - 1));
  const text = passage.text.slice(0, splitsPair ? length - 1 : length);
  return { ...passage, text, end: passage.start + codePointLength(text) };
}
