import { ScriptedLogger } from '@faas/testing';
import { eventBusPortSuite } from '../event-bus.port-suite';
import { until } from '../until';
import { InProcessEventBus } from './in-process.adapter';

eventBusPortSuite('InProcessEventBus', async (logger) => new InProcessEventBus({ service: 'suite', logger, retryMs: 10 }));

describe('InProcessEventBus', () => {
  const event = (id: string) => ({ id, subject: 'faas.rag.document.ingested', tenant: 'acme', occurredAt: new Date().toISOString(), data: {} });

  it('refuses an event, for every group, when one is too far behind, and takes it when there is room', async () => {
    const bus = new InProcessEventBus({ service: 'suite', logger: new ScriptedLogger(), maxQueued: 2 });
    const quick: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    await bus.subscribe('faas.rag.document.*', async ({ id }) => void quick.push(id), { group: 'quick' });
    await bus.subscribe('faas.rag.document.*', () => gate.promise, { group: 'slow' });
    await bus.publish(event('one'));
    await bus.publish(event('two'));
    await expect(bus.publish(event('three'))).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE', retryable: true });
    await until(() => quick.length === 2);
    gate.resolve(undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await bus.publish(event('three'));
    await until(() => quick.length === 3);
    expect(quick).toEqual(['one', 'two', 'three']);
    await bus.close();
  });

  it('delivers what it accepted before its close', async () => {
    const bus = new InProcessEventBus({ service: 'suite', logger: new ScriptedLogger(), retryMs: 10 });
    const handled: string[] = [];
    await bus.subscribe('faas.rag.>', async ({ id }) => void handled.push(id), { maxInFlight: 1 });
    for (const id of ['one', 'two', 'three']) await bus.publish(event(id));
    await bus.close();
    expect(handled).toEqual(['one', 'two', 'three']);
  });
});
