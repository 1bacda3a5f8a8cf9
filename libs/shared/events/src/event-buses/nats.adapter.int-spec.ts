import { FaultyLink, ScriptedLogger, describeOnServer } from '@faas/testing';
import { connect } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../event-bus.port';
import { eventBusPortSuite } from '../event-bus.port-suite';
import { parseNatsUrl } from '../nats/nats-address';
import { removeConsumers } from '../nats/nats-leftovers';
import { until } from '../until';
import { NatsEventBus } from './nats.adapter';

describeOnServer('TEST_NATS_URL', 'NatsEventBus on NATS', (url) => {
  const run = randomUUID().slice(0, 8);
  let noun = 'n0';
  let count = 0;
  const buses: NatsEventBus[] = [];

  const open = async (of = url, service = `suite-${run}`): Promise<{ bus: NatsEventBus; logger: ScriptedLogger }> => {
    const logger = new ScriptedLogger();
    const bus = await NatsEventBus.open({ service, logger, url: of, retryMs: 10 });
    buses.push(bus);
    return { bus, logger };
  };
  const eventOf = (): DomainEvent => ({
    id: `evt_${randomUUID()}`,
    subject: `faas.suite-${run}.${noun}.happened`,
    tenant: 'acme',
    occurredAt: new Date().toISOString(),
    data: {},
  });

  beforeEach(() => {
    noun = `n${(count += 1)}`;
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  afterAll(async () => {
    await removeConsumers(url, run);
  });

  eventBusPortSuite('NatsEventBus', (logger) => NatsEventBus.open({ service: 'suite', logger, url, retryMs: 10 }), run);

  it('shares the events of a group among its processes: each is handled by one', async () => {
    const handled: string[][] = [[], []];
    for (const ids of handled) {
      const { bus } = await open();
      await bus.subscribe(`faas.suite-${run}.${noun}.*`, async ({ id }) => {
        ids.push(id);
        await new Promise((resolve) => setTimeout(resolve, 5));
      });
    }
    const { bus } = await open();
    const events = Array.from({ length: 100 }, () => eventOf());
    await Promise.all(events.map((event) => bus.publish(event)));
    await until(() => handled.flat().length >= 100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(handled.flat().sort()).toEqual(events.map(({ id }) => id).sort());
    for (const ids of handled) expect(ids.length).toBeGreaterThan(0);
  });

  it('keeps for a group what is published while none of its processes runs', async () => {
    const first = await open();
    await first.bus.subscribe(eventOf().subject, async () => undefined);
    await first.bus.close();
    const event = eventOf();
    await (await open()).bus.publish(event);
    const second = await open();
    const seen: DomainEvent[] = [];
    await second.bus.subscribe(event.subject, async (each) => void seen.push(each));
    await until(() => seen.length > 0);
    expect(seen).toEqual([event]);
  });

  it('recognises an id that another process published', async () => {
    const [one, two] = [await open(), await open()];
    const seen: string[] = [];
    const event = eventOf();
    await one.bus.subscribe(event.subject, async ({ id }) => void seen.push(id));
    await one.bus.publish(event);
    await two.bus.publish(event);
    const marker = eventOf();
    await two.bus.publish(marker);
    await until(() => seen.includes(marker.id));
    expect(seen.filter((id) => id === event.id)).toHaveLength(1);
  });

  it('fails at once while the connection is down, and serves again by itself', async () => {
    const link = await FaultyLink.to(new URL(url));
    const { bus, logger } = await open(link.url);
    const seen: string[] = [];
    await bus.subscribe(eventOf().subject, async ({ id }) => void seen.push(id));
    link.cut();
    await until(() => logger.of('nats.connection-lost').length > 0);
    const startedAt = performance.now();
    await expect(bus.publish(eventOf())).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE', retryable: true });
    await expect(bus.check()).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' });
    expect(performance.now() - startedAt).toBeLessThan(500);
    link.restore();
    await until(() => logger.of('nats.reconnected').length > 0);
    const event = eventOf();
    await bus.publish(event);
    await until(() => seen.includes(event.id));
    await bus.close();
    await link.stop();
  });

  it('puts aside what is no event, says so, and goes on', async () => {
    const { bus, logger } = await open();
    const seen: string[] = [];
    const event = eventOf();
    await bus.subscribe(event.subject, async ({ id }) => void seen.push(id));
    const { servers } = parseNatsUrl(url);
    const other = await connect({ servers });
    for (const text of ['not JSON', '{}', JSON.stringify({ ...eventOf(), subject: 'faas.other.noun.happened' })]) await other.request(event.subject, text);
    await other.close();
    await bus.publish(event);
    await until(() => seen.length > 0 && logger.of('event.unreadable').length === 3);
    expect(seen).toEqual([event.id]);
  });

  it('ends the start with one clear line when nobody listens', async () => {
    const opening = NatsEventBus.open({ service: 'suite', logger: new ScriptedLogger(), url: 'nats://me:hush@127.0.0.1:1' });
    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/^NATS_URL: NATS at 127\.0\.0\.1:1 is not usable \(.+\)\. Start it/) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });
});
