import { counterPortSuite } from '../counters.port-suite';
import { SETTLEMENT_MEMORY_MS } from '../counters.port';
import { InProcessCounters } from './in-process.adapter';

counterPortSuite('InProcessCounters', async () => {
  const counters = new InProcessCounters();
  return { open: async () => counters, close: async () => undefined };
});

describe('InProcessCounters', () => {
  it('forgets a reservation an hour after its expiry, so that memory is bounded', async () => {
    let now = 1_000_000;
    const counters = new InProcessCounters(() => now);
    const reservation = await counters.reserve({ key: 'k', shared: true, amount: 1, limit: 1, ttlMs: 5_000 });
    if (!reservation.admitted) throw new Error('refused');
    now = reservation.expiresAt + SETTLEMENT_MEMORY_MS;
    await expect(counters.settle(reservation, 1)).resolves.toEqual({ outcome: 'forgotten', value: 0 });
  });
});
