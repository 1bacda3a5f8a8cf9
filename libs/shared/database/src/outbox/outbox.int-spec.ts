import { AppError } from '@faas/errors';
import type { DomainEvent, EventBus } from '@faas/events';
import { assertOutsideTransaction, currentContext } from '@faas/request-context';
import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import type { Database } from '../database';
import { FakeLogger } from '../test/fake-logger';
import { asTenant, openMigratedNotes } from '../test/notes';
import { Outbox } from './outbox';
import { OutboxRelay } from './outbox-relay';

/** Takes events, unless it is told to refuse. */
class ScriptedBus {
  readonly published: DomainEvent[] = [];
  refuse: (event: DomainEvent) => boolean = () => false;

  async publish(event: DomainEvent): Promise<void> {
    assertOutsideTransaction('events.publish');
    await new Promise((resolve) => setImmediate(resolve));
    if (this.refuse(event)) throw new AppError('UPSTREAM_FAILED', 'The bus is away.');
    this.published.push(event);
  }
}

describeOnEachEngine('Outbox', (engine) => {
  let throwaway: ThrowawayDatabase;
  let database: Database;
  let outbox: Outbox;
  let bus: ScriptedBus;
  beforeAll(async () => {
    throwaway = await engine.create();
    database = await openMigratedNotes(throwaway);
    outbox = new Outbox(database, 'agent');
  });
  beforeEach(() => {
    bus = new ScriptedBus();
  });
  afterEach(() => throwaway.query('DELETE FROM agent.outbox'));
  afterAll(async () => {
    await database.close();
    await throwaway.drop();
  });

  const asBus = () => bus as unknown as EventBus;
  const event = (id: string, tenant = 'acme'): DomainEvent => ({ id, subject: 'faas.agent.run.finished', tenant, occurredAt: '2026-01-02T03:04:05.678Z', data: { run: id } });
  const append = (id: string, tenant = 'acme') => asTenant(tenant, () => database.inTenant(() => outbox.append(event(id, tenant))));
  const ids = () => bus.published.map(({ id }) => id);

  it('sends what was committed, in order and unchanged, once', async () => {
    for (const id of ['e1', 'e2', 'e3']) await append(id, id === 'e2' ? 'globex' : 'acme');
    expect(await outbox.relay(asBus())).toBe(3);
    expect(bus.published).toEqual([event('e1'), event('e2', 'globex'), event('e3')]);
    expect(await outbox.relay(asBus())).toBe(0);
  });

  it('sends nothing of a rolled-back change', async () => {
    const failing = asTenant('acme', () =>
      database.inTenant(async () => {
        await outbox.append(event('never'));
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await outbox.relay(asBus())).toBe(0);
  });

  it('loses nothing when the bus is away, and keeps the order', async () => {
    for (const id of ['e1', 'e2', 'e3']) await append(id);
    bus.refuse = ({ id }) => id === 'e2';
    await expect(outbox.relay(asBus())).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(ids()).toEqual(['e1']);
    bus.refuse = () => false;
    expect(await outbox.relay(asBus())).toBe(2);
    expect(ids()).toEqual(['e1', 'e2', 'e3']);
  });

  it('sends again what a relay claimed and did not live to send', async () => {
    await append('e1');
    await throwaway.query(`UPDATE agent.outbox SET lease_until = clock_timestamp() + interval '30 s'`);
    expect(await outbox.relay(asBus())).toBe(0);
    await throwaway.query(`UPDATE agent.outbox SET lease_until = clock_timestamp() - interval '1 ms'`);
    expect(await outbox.relay(asBus())).toBe(1);
  });

  it('sends each event once when several relays run', async () => {
    await Promise.all(Array.from({ length: 150 }, (_, index) => append(`e${index}`)));
    const relayed = await Promise.all(Array.from({ length: 4 }, () => new Outbox(database, 'agent').relay(asBus())));
    expect(relayed.reduce((sum, count) => sum + count)).toBe(150);
    expect(new Set(ids()).size).toBe(150);
  });

  it('takes an event only for the tenant of the transaction', async () => {
    await expect(asTenant('acme', () => database.inTenant(() => outbox.append(event('forged', 'globex'))))).rejects.toMatchObject({ code: '42501' });
  });

  it('is relayed soon after a wake-up from inside a request, which the bus does not see', async () => {
    const contexts: unknown[] = [];
    const relay = new OutboxRelay({ outbox, bus: asBus(), logger: new FakeLogger(), pollMs: 3_600_000 });
    bus.refuse = () => {
      contexts.push(currentContext());
      return false;
    };
    relay.start();
    await append('e1');
    await asTenant('acme', () => database.inTenant(async () => relay.wake()));
    for (const deadline = Date.now() + 5_000; bus.published.length === 0 && Date.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, 10));
    await relay.stop();
    expect(ids()).toEqual(['e1']);
    expect(contexts).toEqual([undefined]);
  });

  it('is tried again by a relay whose bus was away', async () => {
    const logger = new FakeLogger();
    const relay = new OutboxRelay({ outbox, bus: asBus(), logger, pollMs: 10 });
    let refusals = 0;
    bus.refuse = () => (refusals += 1) <= 2;
    await append('e1');
    relay.start();
    for (const deadline = Date.now() + 5_000; bus.published.length === 0 && Date.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, 10));
    await relay.stop();
    expect(ids()).toEqual(['e1']);
    expect(logger.named('outbox.relay-failed')).toHaveLength(2);
  });
});
