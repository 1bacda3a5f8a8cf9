import { runInTransactionScope } from '@faas/request-context';
import { randomUUID } from 'node:crypto';
import { until } from './until';
import type { WakeUps } from './wake-ups.port';

/** What every WakeUps promises. `open` gives one of a process's own. */
export function wakeUpsPortSuite(name: string, open: () => Promise<WakeUps>): void {
  describe(`${name} as WakeUps`, () => {
    const topic = `suite-${randomUUID().slice(0, 8)}.work`;
    let wakeUps: WakeUps;

    beforeEach(async () => {
      wakeUps = await open();
    });

    afterEach(() => wakeUps.close());

    it('wakes every listener of the topic and no other', async () => {
      const calls: string[] = [];
      await wakeUps.listen(topic, () => calls.push('one'));
      await wakeUps.listen(topic, () => calls.push('two'));
      await wakeUps.listen(`${topic}.other`, () => calls.push('other'));
      await wakeUps.wake(topic);
      await until(() => calls.length >= 2);
      expect([...new Set(calls)].sort()).toEqual(['one', 'two']);
    });

    it('does not wake who stopped listening', async () => {
      let [calls, marker] = [0, 0];
      const subscription = await wakeUps.listen(topic, () => (calls += 1));
      await wakeUps.listen(topic, () => (marker += 1));
      await subscription.stop();
      await subscription.stop();
      await wakeUps.wake(topic);
      await until(() => marker > 0);
      expect(calls).toBe(0);
    });

    it('does not mind that nobody listens', async () => {
      await expect(wakeUps.wake(`${topic}.nobody`)).resolves.toBeUndefined();
    });

    it('does not fail after its close, because a hint may be lost', async () => {
      await wakeUps.close();
      await wakeUps.close();
      await expect(wakeUps.wake(topic)).resolves.toBeUndefined();
      await expect(wakeUps.listen(topic, () => undefined)).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' });
    });

    it('refuses to wake while a database transaction is open: the work is not visible yet', async () => {
      await expect(runInTransactionScope(() => wakeUps.wake(topic))).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
    });

    it.each(['', 'Upper', 'a..b', '*', 'a.>', 'a b'])('refuses the topic "%s"', async (wrong) => {
      await expect(wakeUps.wake(wrong)).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(wakeUps.listen(wrong, () => undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    });
  });
}
