import { AppError, errorCatalogue } from './index';

describe('AppError', () => {
  it('takes status and retryability from the catalogue', () => {
    const error = new AppError('DATABASE_BUSY', 'No connection became free within 5 s.');
    expect(error).toMatchObject({ status: 503, retryable: true, code: 'DATABASE_BUSY' });
  });

  it('lets the place that throws override retryability and keeps the cause', () => {
    const cause = new Error('reset');
    const error = new AppError('UPSTREAM_FAILED', 'x', { retryable: false, cause });
    expect(error.retryable).toBe(false);
    expect(error.cause).toBe(cause);
  });

  it('is recognised without instanceof', () => {
    expect(AppError.is(new AppError('INTERNAL', 'x'))).toBe(true);
    expect(AppError.is(new Error('x'))).toBe(false);
    expect(AppError.is(null)).toBe(false);
    expect(AppError.hasCode(new AppError('INTERNAL', 'x'), 'CONFLICT')).toBe(false);
  });

  it('documents every code in one sentence and gives it an error status', () => {
    for (const [code, entry] of Object.entries(errorCatalogue)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(entry.meaning).toMatch(/\.$/);
      expect(entry.status).toBeGreaterThanOrEqual(400);
    }
  });
});
