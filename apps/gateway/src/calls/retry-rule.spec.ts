import { AppError } from '@faas/errors';
import { LONGEST_WAIT_MS, retryDelayMs } from './retry-rule';

const half = () => 0.5;
const limited = (retryAfterMs?: number) => new AppError('MODEL_PROVIDER_RATE_LIMITED', 'x', { retryAfterMs });

describe('retryDelayMs', () => {
  it('backs off further with each attempt and ends after the last', () => {
    const error = new AppError('MODEL_PROVIDER_UNAVAILABLE', 'x');
    expect([1, 2, 3].map((attempt) => retryDelayMs(error, attempt, 2, half))).toEqual([125, 250, undefined]);
  });

  it('waits as long as Retry-After says, when that is short', () => {
    expect(retryDelayMs(limited(1_000), 1, 2, half)).toBe(1_000);
    expect(retryDelayMs(limited(LONGEST_WAIT_MS + 1), 1, 2, half)).toBeUndefined();
    expect(retryDelayMs(limited(), 1, 2, half)).toBeUndefined();
  });

  it.each([
    ['what the provider refuses', new AppError('MODEL_REQUEST_REJECTED', 'x')],
    ['what used up its time', new AppError('MODEL_PROVIDER_TIMEOUT', 'x')],
    ['what the caller left', new AppError('REQUEST_ABORTED', 'x')],
    ['what is said to be final', new AppError('MODEL_PROVIDER_UNAVAILABLE', 'x', { retryable: false })],
    ['an error of our own', new TypeError('x')],
  ])('does not repeat %s', (_name, error) => {
    expect(retryDelayMs(error, 1, 2, half)).toBeUndefined();
  });
});
