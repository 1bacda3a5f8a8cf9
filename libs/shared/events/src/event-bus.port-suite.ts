import { AppError } from '@faas/errors';
import { requestSignal, requireTenant, runInContext, runInTransactionScope } from '@faas/request-context';
import { ScriptedLogger } from '@faas/testing';
import { randomUUID } from 'node:crypto';
import type { DomainEvent, EventBus, EventHandler, SubscribeOptions } from './event-bus.port';
import { until } from './until';

/**
 * What every EventBus promises.
 *
 * @param open gives a bus whose second delivery follows within 50 ms.
 * @param run part of every subject and group, so that runs on one server do not meet.
 */
export function eventBusPortSuite(name: string, open: (logger: ScriptedLogger) => Promise<EventBus>, run = randomUUID().slice(0, 8)): void {
  describe(`${name} as an EventBus`, () => {
    const service = `suite-${run}`;
    let noun = 'n0';
    let count = 0;
    let bus: EventBus;
    let logger: ScriptedLogger;

    const eventOf = (verb = 'happened', over: Partial<DomainEvent> = {}): DomainEvent => ({
      id: `evt_${randomUUID()}`,
      subject: `faas.${service}.${noun}.${verb}`,
      tenant: 'acme',
      occurredAt: new Date().toISOString(),
      data: { documentId: 'doc_1' },
      ...over,
    });
    const subscribe = (handler: EventHandler, options: SubscribeOptions = {}, verb = 'happened') =>
      bus.subscribe(`faas.${service}.${noun}.${verb}`, handler, { group: `group-${run}`, ...options });
    const collect = async (options?: SubscribeOptions, verb?: string): Promise<DomainEvent[]> => {
      const events: DomainEvent[] = [];
      await subscribe(async (event) => void events.push(event), options, verb);
      return events;
    };

    beforeEach(async () => {
      noun = `n${(count += 1)}`;
      logger = new ScriptedLogger();
      bus = await open(logger);
    });

    afterEach(() => bus.close());

    it('delivers an event as it was published', async () => {
      const events = await collect();
      const event = eventOf('happened', { data: { nested: { list: [1, 'ü👋'] }, none: null } });
      await bus.publish(event);
      await until(() => events.length > 0);
      expect(events).toEqual([event]);
    });

    it('delivers to every group, and to nobody else', async () => {
      const [one, two, other] = [await collect({ group: `one-${run}` }), await collect({ group: `two-${run}` }), await collect({ group: `one-${run}` }, 'undone')];
      const event = eventOf();
      await bus.publish(event);
      await until(() => one.length > 0 && two.length > 0);
      expect([one, two, other]).toEqual([[event], [event], []]);
    });

    it('delivers by patterns', async () => {
      const [any, rest] = [await collect({ group: `any-${run}` }, '*'), await collect({ group: `rest-${run}` }, '>')];
      const [first, second] = [eventOf('created'), eventOf('deleted')];
      await bus.publish(first);
      await bus.publish(second);
      await until(() => any.length > 1 && rest.length > 1);
      for (const events of [any, rest]) expect(events.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    });

    it('drops an event whose id was published before, so that a producer may try again', async () => {
      const events = await collect();
      const event = eventOf();
      await Promise.all([bus.publish(event), bus.publish(event)]);
      await bus.publish(event);
      const marker = eventOf();
      await bus.publish(marker);
      await until(() => events.some(({ id }) => id === marker.id));
      expect(events.filter(({ id }) => id === event.id)).toHaveLength(1);
    });

    it('runs the handler as the tenant of the event, outside the context of the producer', async () => {
      const seen: { tenant: string; signal: boolean }[] = [];
      await subscribe(async () => void seen.push({ tenant: requireTenant(), signal: requestSignal() !== undefined }));
      const producer = { requestId: 'req', principal: { tenant: 'globex', subject: 'someone', scopes: ['rag:write'] } };
      await runInContext(producer, () => bus.publish(eventOf('happened', { tenant: 'acme' })));
      await until(() => seen.length > 0);
      expect(seen).toEqual([{ tenant: 'acme', signal: true }]);
    });

    it('delivers again after an error until the handler succeeds', async () => {
      const seen: string[] = [];
      await subscribe(async ({ id }) => {
        seen.push(id);
        if (seen.length < 3) throw new Error('not yet');
      });
      const event = eventOf();
      await bus.publish(event);
      await until(() => seen.length >= 3);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(seen).toEqual([event.id, event.id, event.id]);
      expect(logger.of('event.failed').map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('gives an event up after its last delivery, says so, and goes on with the next', async () => {
      const handled: string[] = [];
      const poison = eventOf();
      let deliveries = 0;
      await subscribe(
        async ({ id }) => {
          if (id !== poison.id) return void handled.push(id);
          deliveries += 1;
          throw new Error('never');
        },
        { maxDeliveries: 2, maxInFlight: 1 },
      );
      await bus.publish(poison);
      const next = eventOf();
      await bus.publish(next);
      await until(() => logger.of('event.abandoned').length > 0 && handled.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(deliveries).toBe(2);
      expect(handled).toEqual([next.id]);
      expect(logger.of('event.abandoned')).toEqual([expect.objectContaining({ eventId: poison.id, subject: poison.subject, attempt: 2 })]);
    });

    it('gives an event up at once when the handler says that a repeat is of no use', async () => {
      let deliveries = 0;
      await subscribe(async () => {
        deliveries += 1;
        throw new AppError('DOCUMENT_NOT_FOUND', 'Gone.');
      });
      await bus.publish(eventOf());
      await until(() => logger.of('event.abandoned').length > 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(deliveries).toBe(1);
    });

    it("keeps one handler's error from the producer and from other groups", async () => {
      await subscribe(
        () => {
          throw new Error('not even a promise');
        },
        { group: `broken-${run}`, maxDeliveries: 1 },
      );
      const events = await collect();
      const event = eventOf();
      await expect(bus.publish(event)).resolves.toBeUndefined();
      await until(() => events.length > 0);
      expect(events).toEqual([event]);
    });

    it('delivers again when a handler does not finish in time, and aborts its signal', async () => {
      const aborted: boolean[] = [];
      let deliveries = 0;
      await subscribe(
        async () => {
          deliveries += 1;
          if (deliveries > 1) return;
          const signal = requestSignal();
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
          aborted.push(true);
          await new Promise((resolve) => setTimeout(resolve, 100));
        },
        { ackWaitMs: 1_000 },
      );
      await bus.publish(eventOf());
      await until(() => deliveries > 1);
      expect(aborted).toEqual([true]);
      expect(logger.of('event.failed')).toHaveLength(1);
    });

    it('handles no more events at once than it may', async () => {
      let [running, most, handled] = [0, 0, 0];
      await subscribe(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running -= 1;
          handled += 1;
        },
        { maxInFlight: 3 },
      );
      await Promise.all(Array.from({ length: 20 }, () => bus.publish(eventOf())));
      await until(() => handled === 20);
      expect(most).toBe(3);
    });

    it('waits for running handlers when a subscription stops, and takes nothing after it', async () => {
      let [started, finished] = [0, 0];
      const subscription = await subscribe(async () => {
        started += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
        finished += 1;
      });
      await bus.publish(eventOf());
      await until(() => started === 1);
      await subscription.stop();
      await subscription.stop();
      expect(finished).toBe(1);
      await bus.publish(eventOf());
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(started).toBe(1);
    });

    it('waits for running handlers when it closes', async () => {
      let [started, finished] = [0, 0];
      await subscribe(async () => {
        started += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
        finished += 1;
      });
      await bus.publish(eventOf());
      await until(() => started === 1);
      await bus.close();
      expect(finished).toBe(1);
    });

    it('refuses two subscriptions of one group to one subject, and allows it again after a stop', async () => {
      const subscription = await subscribe(async () => undefined);
      await expect(subscribe(async () => undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
      await subscription.stop();
      await expect(subscribe(async () => undefined)).resolves.toBeDefined();
    });

    it('refuses to publish while a database transaction is open', async () => {
      await expect(runInTransactionScope(() => bus.publish(eventOf()))).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
    });

    it.each<[string, Partial<DomainEvent>]>([
      ['a subject with three parts', { subject: 'faas.rag.document' }],
      ['a subject of somebody else', { subject: 'other.rag.document.ingested' }],
      ['a pattern as its subject', { subject: 'faas.rag.document.*' }],
      ['an empty id', { id: '' }],
      ['an id with a line break', { id: 'a\r\nb' }],
      ['no tenant', { tenant: '' }],
      ['a time that is none', { occurredAt: 'yesterday' }],
      ['more than 64 KiB', { data: { content: 'x'.repeat(64 * 1024) } }],
    ])('refuses an event with %s', async (_, wrong) => {
      await expect(bus.publish(eventOf('happened', wrong))).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it.each(['', 'faas', 'faas.>.x.y', 'faas.a.b', 'faas.A.b.c', 'faas.a.b.c.d', '>', 'faas.a.b.c d'])('refuses to subscribe to "%s"', async (subject) => {
      await expect(bus.subscribe(subject, async () => undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it.each<SubscribeOptions>([{ group: 'Not a group' }, { maxInFlight: 0 }, { maxInFlight: 257 }, { ackWaitMs: 999 }, { maxDeliveries: 0 }])(
      'refuses to subscribe with %j',
      async (options) => {
        await expect(subscribe(async () => undefined, options)).rejects.toMatchObject({ code: 'INTERNAL' });
      },
    );

    it('reports that it serves, and after its close that it does not', async () => {
      await expect(bus.check()).resolves.toBeUndefined();
      await bus.close();
      await bus.close();
      await expect(bus.check()).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE', retryable: true });
      await expect(bus.publish(eventOf())).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' });
      await expect(subscribe(async () => undefined)).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' });
    });
  });
}
