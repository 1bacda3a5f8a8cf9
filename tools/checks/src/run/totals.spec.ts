import { Totals } from './totals';

describe('Totals', () => {
  it('ends with one plain line', () => {
    const totals = new Totals();
    totals.step('type check', true);
    totals.add('cache', { passed: 2, failed: [], skipped: [] });
    expect(totals.report()).toEqual(['3 passed, 0 failed, 0 skipped']);
  });

  it('names what failed and what was skipped, with the reason', () => {
    const totals = new Totals();
    totals.step('lint', false);
    totals.add('cache', { passed: 0, failed: ['keeps a value'], skipped: ['RedisCache [TEST_REDIS_URL is not set] a', 'RedisCache [TEST_REDIS_URL is not set] b', 'something else'] });
    const report = totals.report();
    expect(report).toEqual(expect.arrayContaining(['  lint', '  cache: keeps a value', '  cache: RedisCache [TEST_REDIS_URL is not set]: 2 tests', '  cache: something else']));
    expect(report.at(-1)).toBe('0 passed, 2 failed, 3 skipped');
  });
});
