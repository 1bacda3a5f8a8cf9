import { AppError } from '@faas/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLimits, type CallTimes } from './call-limits';

const LONG = 60_000;
const limitsOf = (times: Partial<CallTimes>, caller?: AbortSignal) => new CallLimits({ firstOutputMs: LONG, idleMs: LONG, totalMs: LONG, ...times }, caller, 'fake');
const never = () => new Promise<never>(() => undefined);

async function* events(...steps: (string | Promise<unknown>)[]): AsyncGenerator<string> {
  for (const step of steps) {
    if (typeof step === 'string') yield step;
    else await step;
  }
}
async function read(limits: CallLimits, source: AsyncIterable<string>, onEvent: () => Promise<void> = async () => undefined): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of limits.watch(source, (value) => value !== 'start')) {
    seen.push(event);
    await onEvent();
  }
  return seen;
}

describe('CallLimits', () => {
  it('passes events through', async () => {
    const limits = limitsOf({});
    expect(await read(limits, events('start', 'a', 'b'))).toEqual(['start', 'a', 'b']);
    limits.end();
  });

  it.each([
    ['before the first output, whatever else has come', { firstOutputMs: 30 }, ['start', never()], /no output within 30 ms/],
    ['after it', { idleMs: 30 }, ['start', 'a', never()], /nothing for 30 ms/],
    ['as a whole', { totalMs: 30 }, ['start', never()], /within 30 ms/],
  ])('ends a call that is silent %s, and aborts the upstream', async (_name, times, steps, message) => {
    const limits = limitsOf(times);
    await expect(read(limits, events(...steps))).rejects.toMatchObject({ code: 'MODEL_PROVIDER_TIMEOUT', message: expect.stringMatching(message) });
    expect(limits.signal.reason).toMatchObject({ code: 'MODEL_PROVIDER_TIMEOUT' });
    limits.end();
  });

  it('does not take a slow reader for a silent upstream', async () => {
    const limits = limitsOf({ idleMs: 30 });
    expect(await read(limits, events('a', 'b', 'c'), () => sleep(45))).toHaveLength(3);
    limits.end();
  });

  it('follows the caller, also one that left before', async () => {
    const reason = new AppError('REQUEST_ABORTED', 'gone');
    const caller = new AbortController();
    const limits = limitsOf({}, caller.signal);
    const reading = read(limits, events('a', never()));
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(limitsOf({}, AbortSignal.abort(reason)).within(never())).rejects.toBe(reason);
  });

  it('closes its source when the reader leaves', async () => {
    let closed = false;
    async function* source() {
      try {
        yield 'a';
        yield 'b';
      } finally {
        closed = true;
      }
    }
    const limits = limitsOf({});
    for await (const _event of limits.watch(source(), () => true)) break;
    limits.end();
    expect(closed).toBe(true);
  });
});
