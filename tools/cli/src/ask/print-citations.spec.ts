import type { Citation } from '@faas/rag-contract';
import { citationLines } from './print-citations';

const citation: Citation = { number: 2, collection: 'handbook', documentId: 'doc_1', version: 1, title: 'Architecture', headingPath: ['Architecture', 'Decisions'], start: 10, end: 30, quote: 'One\n  two.' };
const plain = (lines: string[]) => lines.map((line) => line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), ''));

describe('citationLines', () => {
  it('names document, headings and range, and quotes on one line', () => {
    expect(plain(citationLines([citation], () => 'docs/architecture.md'))).toEqual(['[2] docs/architecture.md (Architecture) › Decisions 10–30', '    “One two.”']);
  });

  it('makes do with the title when the document has no path', () => {
    expect(plain(citationLines([{ ...citation, headingPath: [] }], () => undefined))[0]).toBe('[2] Architecture 10–30');
  });
});
