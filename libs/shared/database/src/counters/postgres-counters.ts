import { checkAdd, checkReserve, checkSettle, Counters, type AddRequest, type AddResult, type Reservation, type ReservationRefused, type ReserveRequest, type Settlement } from '@faas/cache';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';
import { CounterLanes } from './counter-lanes';
import { lockCounter } from './counter-row';
import { OpenCounter } from './open-counter';

/**
 * Counters as rows. Every call is part of a transaction that locks its counter's row: calls on one counter are serial
 * over all processes, calls on different ones are not. Deadline: 5 s in the counter's lane, then Database's own.
 */
export class PostgresCounters extends Counters {
  private readonly lanes: CounterLanes<OpenCounter>;

  constructor(database: Database, service: ServiceSchema) {
    super();
    const tables = { counter: `${service}.counter`, hold: `${service}.counter_hold` };
    this.lanes = new CounterLanes((name, windowMs, steps) =>
      database.withoutTenant(async () => {
        const { manager } = database;
        const counter = new OpenCounter(manager, tables, await lockCounter(manager, tables, name, windowMs));
        await steps(counter);
        await counter.store();
      }),
    );
  }

  async add(request: AddRequest): Promise<AddResult> {
    const checked = checkAdd(request);
    return this.lanes.enter(checked.counter, checked.windowMs, (counter) => counter.add(checked));
  }

  async reserve(request: ReserveRequest): Promise<Reservation | ReservationRefused> {
    const checked = checkReserve(request);
    return this.lanes.enter(checked.counter, checked.windowMs, (counter) => counter.reserve(checked));
  }

  async settle(reservation: Reservation, actual: number): Promise<Settlement> {
    const checked = checkSettle(reservation, actual);
    return this.lanes.enter(checked.counter, checked.windowMs, (counter) => counter.settle(checked));
  }

  release(reservation: Reservation): Promise<Settlement> {
    return this.settle(reservation, 0);
  }
}
