import { wakeUpsPortSuite } from '../wake-ups.port-suite';
import { InProcessWakeUps } from './in-process.adapter';

wakeUpsPortSuite('InProcessWakeUps', async () => new InProcessWakeUps());

describe('InProcessWakeUps', () => {
  it('wakes once for hints that come together', async () => {
    const wakeUps = new InProcessWakeUps();
    let calls = 0;
    await wakeUps.listen('rag.ingestion', () => (calls += 1));
    await Promise.all(Array.from({ length: 100 }, () => wakeUps.wake('rag.ingestion')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
  });
});
