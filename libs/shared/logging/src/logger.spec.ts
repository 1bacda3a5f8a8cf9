import { AppError } from '@faas/errors';
import { runInContext } from '@faas/request-context';
import { createLogger } from './index';

function capture(options: { level?: 'debug' | 'info'; reveal?: string[] } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test-service', ...options, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('logger', () => {
  it('writes one JSON line per event with time, level word and service', () => {
    const { logger, lines, last } = capture();
    logger.info('model-call.finished', { durationMs: 12, note: 'two\nlines' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(last()).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), service: 'test-service', event: 'model-call.finished', durationMs: 12, note: 'two\nlines' });
  });

  it('adds request id, tenant and trace id of the current request', () => {
    const { logger, last } = capture();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    runInContext({ requestId: 'r-1', traceparent, principal: { tenant: 'acme', subject: 's', scopes: [] } }, () => logger.warn('x'));
    expect(last()).toMatchObject({ requestId: 'r-1', tenant: 'acme', traceId: '0af7651916cd43dd8448eb211c80319c' });
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = capture();
    logger.debug('quiet');
    expect(lines).toHaveLength(0);
  });

  it('keeps the fields of a child on each of its lines', () => {
    const { logger, last } = capture();
    logger.child({ job: 'job_1', apiKey: 'hush' }).info('step', { number: 2 });
    expect(last()).toMatchObject({ job: 'job_1', apiKey: '[redacted]', number: 2 });
  });

  it('does not let a field forge level, time, service or event', () => {
    const { logger, last } = capture();
    logger.info('real', { event: 'forged', level: 'error', service: 'other', time: 'never' });
    expect(last()).toMatchObject({ event: 'real', level: 'info', service: 'test-service', event_: 'forged', level_: 'error' });
  });

  it('serialises an error with code and causes, and with its stack at error level only', () => {
    const { logger, last } = capture();
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', query: 'select secret' });
    const error = new AppError('SERVICE_UNAVAILABLE', 'rag-service does not answer.', { cause: refused, details: { token: 't', service: 'rag' } });
    logger.warn('call.failed', { error });
    expect(last().error).toEqual({
      name: 'AppError',
      message: 'rag-service does not answer.',
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
      details: { token: '[redacted]', service: 'rag' },
      cause: { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    });
    logger.error('call.failed', { error });
    expect(last().error.stack).toContain('logger.spec');
    expect(JSON.stringify(last())).not.toContain('select secret');
  });

  it('ends a circular chain of causes', () => {
    const { logger, last } = capture();
    const error = new Error('loop');
    error.cause = error;
    logger.error('x', { error });
    expect(last().error.message).toBe('loop');
  });

  it('never throws, whatever it is given', () => {
    const { logger, lines } = capture();
    const circular: Record<string, unknown> = { big: 10n, when: new Date(Number.NaN), bytes: new Uint8Array(3), map: new Map([['a', 1]]) };
    circular['self'] = circular;
    logger.info('odd', circular);
    logger.info('hostile', { get trap(): never { throw new Error('no'); } });
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ event: 'hostile', unloggable: 'Error: no' });
  });
});
