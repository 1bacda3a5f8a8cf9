import fc from 'fast-check';
import { CitationStream, codePointLength, resolveCitations, sliceByCodePoints, type CitablePassage } from './index';

const content = 'Intro 🦉.\n\n# Limits\n\nEach key has a limit of ten requests per second. Above it the gateway\nanswers 429. The 𝒉eader Retry-After says when to try again.\n\n- Budgets are counted per month.\n- Nothing is counted twice.';

function passageAt(number: number, start: number, end: number): CitablePassage {
  const text = sliceByCodePoints(content, start, end);
  return { number, collection: 'handbook', documentId: `doc_${'0'.repeat(32)}`, version: 3, title: 'Limits', headingPath: ['Limits'], start, end, text };
}

const whole = passageAt(1, 0, codePointLength(content));
const tail = passageAt(2, 60, codePointLength(content));

describe('resolveCitations', () => {
  it('quotes the sentence that best matches the sentence before the marker', () => {
    const { answer, citations, removed } = resolveCitations('The owl greets. Each key may make ten requests per second [1]. Budgets count per month.[2]', [whole, tail]);
    expect(answer).toBe('The owl greets. Each key may make ten requests per second [1]. Budgets count per month.[2]');
    expect(citations.map(({ quote }) => quote)).toEqual(['Each key has a limit of ten requests per second.', '- Budgets are counted per month.']);
    expect(citations.map(({ start, end }) => sliceByCodePoints(content, start, end))).toEqual(citations.map(({ quote }) => quote));
    expect(removed).toBe(0);
  });

  it('quotes adjacent sentences when the claim needs both, across a wrapped line', () => {
    const { citations } = resolveCitations('Above the limit the gateway answers 429 and the header Retry-After says when to try again [1].', [whole]);
    expect(citations[0]?.quote).toBe('Above it the gateway\nanswers 429. The 𝒉eader Retry-After says when to try again.');
  });

  it('removes and counts markers that refer to no passage', () => {
    const { answer, citations, removed } = resolveCitations('Nothing is counted twice [7]. Budgets per month [1, 9] [8].', [whole]);
    expect(answer).toBe('Nothing is counted twice. Budgets per month [1].');
    expect(removed).toBe(3);
    expect(citations).toHaveLength(1);
  });

  it('takes markers side by side as evidence for the same sentence', () => {
    const { citations } = resolveCitations('Nothing is counted twice [1][2].', [whole, tail]);
    expect(citations.map(({ number, quote }) => [number, quote])).toEqual([[1, '- Nothing is counted twice.'], [2, '- Nothing is counted twice.']]);
  });

  it('leaves brackets in code and links alone', () => {
    const text = 'Use `list[1]` and [1](https://example.org).\n```\nrows[2]\n```';
    expect(resolveCitations(text, [whole])).toEqual({ answer: text, citations: [], removed: 0 });
  });

  it('only ever quotes what is in the content at the offsets it gives', () => {
    const word = fc.constantFrom('limit', 'gateway', '429', 'per', 'month', '🦉', '𝒉eader', '[1]', '[2]', '[3]', '.', '\n', '`', '[', ']', ',');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.nat(80), fc.nat(120), (words, start, length) => {
        const passages = [passageAt(1, start, Math.min(start + length, codePointLength(content))), tail];
        const { answer, citations } = resolveCitations(words.join(' '), passages);
        for (const { start: from, end, quote } of citations) expect(sliceByCodePoints(content, from, end)).toBe(quote);
        expect(resolveCitations(answer, passages).removed).toBe(0);
      }),
    );
  });
});

describe('CitationStream', () => {
  it('passes text on, never half a marker, and ends with what the whole answer resolves to', () => {
    const answer = 'Each key may make ten requests per second [1]. Nothing is counted twice [2, 1]. Done [5].';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const stream = new CitationStream([whole, tail]);
        let text = '';
        const citations = [];
        for (let at = 0, turn = 0; at < answer.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          const delta = stream.push(answer.slice(at, at + size));
          expect(delta.text).not.toMatch(/\[[\d, ]*$/u);
          text += delta.text;
          citations.push(...delta.citations);
          at += size;
        }
        const last = stream.finish();
        expect(text + last.text).toBe(answer);
        expect([...citations, ...last.citations]).toEqual(resolveCitations(answer, [whole, tail]).citations);
        expect(last.resolved).toEqual(resolveCitations(answer, [whole, tail]));
      }),
    );
  });
});
