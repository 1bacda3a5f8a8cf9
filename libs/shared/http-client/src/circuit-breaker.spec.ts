import fc from 'fast-check';
import { CircuitBreaker, type CallOutcome } from './circuit-breaker';

function breakerAt(options = { failures: 3, openMs: 100 }) {
  const clock = { now: 1_000 };
  const opened: number[] = [];
  const breaker = new CircuitBreaker('rag-service', options, (openMs) => opened.push(openMs), () => clock.now);
  const call = (outcome: CallOutcome) => breaker.enter()(outcome);
  return { breaker, clock, opened, call };
}

describe('a circuit breaker', () => {
  it('opens after its number of failures and refuses, naming the neighbour and the time left', () => {
    const { breaker, call, clock } = breakerAt();
    for (let index = 0; index < 3; index++) call('failed');
    clock.now += 40;
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', retryable: true, retryAfterMs: 100, message: expect.stringContaining('rag-service') }));
  });

  it('stays closed while failures are the smaller part', () => {
    const { call, opened } = breakerAt();
    for (let index = 0; index < 30; index++) call(index % 3 === 0 ? 'failed' : 'succeeded');
    expect(opened).toEqual([]);
  });

  it('lets one probe through, refuses others meanwhile, and closes when it succeeds', () => {
    const { breaker, call, clock } = breakerAt();
    for (let index = 0; index < 3; index++) call('failed');
    clock.now += 100;
    const probe = breaker.enter();
    expect(() => breaker.enter()).toThrow();
    probe('succeeded');
    expect(() => call('failed')).not.toThrow();
    expect(() => call('succeeded')).not.toThrow();
  });

  it('waits twice as long after each failed probe, 30 s at most', () => {
    const { breaker, call, clock, opened } = breakerAt({ failures: 1, openMs: 1_000 });
    call('failed');
    for (let index = 0; index < 8; index++) {
      clock.now += 30_000;
      breaker.enter()('failed');
    }
    expect(opened).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('probes again after a probe that says nothing', () => {
    const { breaker, call, clock } = breakerAt();
    for (let index = 0; index < 3; index++) call('failed');
    clock.now += 100;
    breaker.enter()('ignored');
    expect(() => breaker.enter()).not.toThrow();
  });

  it('does not let late outcomes of calls from before disturb a probe', () => {
    const { breaker, call, clock } = breakerAt();
    const late = breaker.enter();
    for (let index = 0; index < 3; index++) call('failed');
    late('succeeded');
    expect(() => breaker.enter()).toThrow();
    clock.now += 100;
    expect(() => breaker.enter()).not.toThrow();
  });

  it('never refuses for good, whatever happens: after its longest wait a call passes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<CallOutcome>('succeeded', 'failed', 'ignored'), fc.nat({ max: 40_000 })), { maxLength: 60 }), (steps) => {
        const { breaker, clock } = breakerAt();
        for (const [outcome, pauseMs] of steps) {
          clock.now += pauseMs;
          try {
            breaker.enter()(outcome);
          } catch {
            clock.now += 1;
          }
        }
        clock.now += 30_000;
        expect(() => breaker.enter()).not.toThrow();
      }),
    );
  });
});
