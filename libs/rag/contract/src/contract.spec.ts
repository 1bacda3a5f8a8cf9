import fc from 'fast-check';
import { codePointLength, CodePointCounter, createDocumentRequest, searchRequest, sentencesOf, sliceByCodePoints, uploadFields } from './index';

describe('code points', () => {
  it('agree with an array of the characters, also for astral characters and lone surrogates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), fc.nat(20), (text, start, length) => {
        const points = [...text];
        expect(codePointLength(text)).toBe(points.length);
        expect(sliceByCodePoints(text, start, start + length)).toBe(points.slice(start, start + length).join(''));
        const counter = new CodePointCounter(text);
        let unit = 0;
        for (const [index, point] of points.entries()) {
          expect(counter.at(unit)).toBe(index);
          unit += point.length;
        }
      }),
    );
  });
});

describe('sentencesOf', () => {
  it('keeps wrapped lines and abbreviations together and separates headings, items and rows', () => {
    const text = '# Title\nOne line that\nwraps, e.g. Here. Next one!\n- item a\n- item b\n\n| a | b |\n| 1 | 2 |';
    expect(sentencesOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      '# Title', 'One line that\nwraps, e.g. Here.', 'Next one!', '- item a', '- item b', '| a | b |', '| 1 | 2 |',
    ]);
  });

  it('covers everything but white space, in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let at = 0;
        for (const { start, end } of sentencesOf(text)) {
          expect(text.slice(at, start).trim()).toBe('');
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
    );
  });
});

describe('requests', () => {
  it('take a text or a URL, not both, and no unknown fields', () => {
    expect(createDocumentRequest.safeParse({ text: 'a' }).success).toBe(true);
    expect(createDocumentRequest.safeParse({ text: 'a', url: 'https://example.org' }).success).toBe(false);
    expect(createDocumentRequest.safeParse({}).success).toBe(false);
    expect(createDocumentRequest.safeParse({ text: 'a', colour: 'red' }).success).toBe(false);
    expect(createDocumentRequest.safeParse({ url: 'file:///etc/passwd' }).success).toBe(false);
  });

  it('refuse text that no database keeps, except in the document itself', () => {
    expect(createDocumentRequest.safeParse({ text: 'a\u0000b' }).success).toBe(true);
    expect(createDocumentRequest.safeParse({ text: 'a', title: 'a\u0000' }).success).toBe(false);
    expect(createDocumentRequest.safeParse({ text: 'a', metadata: { 'a\ud800': 1 } }).success).toBe(false);
  });

  it('read metadata of a multipart upload from JSON text', () => {
    expect(uploadFields.parse({ metadata: '{"team":"core"}', restoreDeleted: 'false' })).toEqual({ metadata: { team: 'core' }, restoreDeleted: false });
    expect(uploadFields.safeParse({ metadata: '{team}' }).success).toBe(false);
    expect(uploadFields.safeParse({ metadata: '[1]' }).success).toBe(false);
  });

  it('bound the size of filters', () => {
    const leaf = { type: 'eq', key: 'team', value: 'core' } as const;
    expect(searchRequest.parse({ query: 'q', filter: { type: 'or', filters: [leaf, { type: 'in', key: 'a', value: [1] }] } }).topK).toBe(10);
    const wide = { type: 'and', filters: Array.from({ length: 10 }, () => ({ type: 'or', filters: Array.from({ length: 12 }, () => leaf) })) };
    expect(searchRequest.safeParse({ query: 'q', filter: wide }).success).toBe(false);
  });
});
