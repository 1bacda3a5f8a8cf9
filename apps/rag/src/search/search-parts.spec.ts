import { calibrate } from './calibration';
import { fuse } from './fusion';
import { lexicalWords } from './lexical-analysis';
import { filterSql } from './filter-sql';

describe('lexicalWords', () => {
  it.each([
    ['maxRetryCount', 'maxretrycount max retry count'],
    ['HTTPServer2', 'httpserver2 http server2'],
    ['retry_count', 'retrycount retry count'],
    ['well-known', 'wellknown well known'],
    ['this.config/path::Name<T>', 'this config path name t'],
    ["don't", "don't"],
    ['Ｆｕｌｌ ﬁt', 'full fit'],
    ['東京都', '東京 京都'],
    ['x'.repeat(500), ''],
    ['🦉 — …', ''],
  ])('makes of %s: %s', (text, words) => expect(lexicalWords(text)).toBe(words));
});

describe('fuse', () => {
  const hit = (documentKey: number, score: number) => ({ documentKey, version: 1, ordinal: 0, score });

  it('adds what each leg found, whatever its scale', () => {
    expect(fuse([hit(1, 30), hit(2, 20), hit(3, 10)], [hit(2, 0.9), hit(4, 0.8), hit(3, 0.5)]).map(({ documentKey }) => documentKey)).toEqual([2, 1, 4, 3]);
  });

  it('keeps the order of one leg alone and takes a single hit as certain', () => {
    expect(fuse([hit(5, 3), hit(6, 2)], []).map(({ documentKey }) => documentKey)).toEqual([5, 6]);
    expect(fuse([], [hit(7, 0.1)])).toEqual([{ documentKey: 7, version: 1, ordinal: 0, vector: 0.1 }]);
  });
});

describe('calibrate', () => {
  it('keeps the order, stays between 0 and 1 and is even at half of a full match', () => {
    expect(calibrate(5, 10)).toBeCloseTo(0.5);
    const scores = [0, 1, 4, 5, 8, 20, 1000].map((score) => calibrate(score, 10));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
    expect(calibrate(1, 0)).toBe(0);
  });
});

describe('filterSql', () => {
  it('puts keys and values into parameters only', () => {
    const values: unknown[] = [];
    const sql = filterSql({ type: 'and', filters: [{ type: 'eq', key: "a'; DROP", value: "b'; --" }, { type: 'gt', key: 'c"', value: 3 }] }, (value) => `$${values.push(value)}`);
    expect(sql).not.toMatch(/DROP|--|c"/u);
    expect(values).toEqual([`{"a'; DROP":"b'; --"}`, `{"a'; DROP":["b'; --"]}`, 'c"', '3']);
  });
});
