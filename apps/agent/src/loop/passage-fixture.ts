import { codePointLength } from '@faas/rag-contract';
import type { FoundPassage } from './passage-ledger';

/** For tests: a passage as the rag service answers it. The position makes it distinct. */
export function passageOf(text: string, position: number): FoundPassage {
  const start = position * 1_000;
  return {
    number: position + 1,
    collection: 'handbook',
    documentId: `doc_${'0'.repeat(32)}`,
    version: 1,
    title: 'Handbook',
    headingPath: ['Reasons'],
    start,
    end: start + codePointLength(text),
    text,
    score: 0.9,
  };
}
