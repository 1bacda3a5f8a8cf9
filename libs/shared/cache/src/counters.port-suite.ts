import { runInContext, runInTransactionScope, type RequestContext } from '@faas/request-context';
import type { Counters, Reservation, ReservationRefused, ReserveRequest } from './counters.port';

/** One store for the whole suite. */
export interface CounterStore {
  /** Another client of the same store, on connections of its own where the store has any. The suite opens up to five. */
  open(): Promise<Counters>;
  /** Ends every client that was opened. */
  close(): Promise<void>;
}

/** So long that no test meets the end of a window. */
const LONG_MS = 366 * 86_400_000;

const asTenant = (tenant: string): RequestContext => ({ requestId: 'req', principal: { tenant, subject: 'tester', scopes: [] } });
const acme = <T>(work: () => Promise<T>): Promise<T> => runInContext(asTenant('acme'), work);

/** What every Counters promises. The keys are fresh on every run, so a store may be kept. */
export function counterPortSuite(name: string, start: () => Promise<CounterStore>): void {
  describe(`${name} as Counters`, () => {
    let store: CounterStore;
    let counters: Counters;
    const run = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    let keys = 0;
    const freshKey = () => `suite:{${run}}:${(keys += 1)}`;

    const reserved = async (request: ReserveRequest, client = counters): Promise<Reservation> => {
      const answer = await acme(() => client.reserve(request));
      if (!answer.admitted) throw new Error(`The reservation was refused at ${answer.value}.`);
      return answer;
    };
    /** Reads without changing. */
    const valueOf = async (key: string, windowMs = LONG_MS): Promise<number> => (await acme(() => counters.add({ key, amount: 0, limit: 0, windowMs }))).value;

    beforeAll(async () => {
      store = await start();
      counters = await store.open();
    });

    afterAll(() => store.close());

    describe('add', () => {
      it('adds up to the limit, then refuses and adds nothing', async () => {
        const key = freshKey();
        const add = (amount: number) => acme(() => counters.add({ key, amount, limit: 10, windowMs: LONG_MS }));
        await expect(add(4)).resolves.toMatchObject({ admitted: true, value: 4 });
        await expect(add(7)).resolves.toMatchObject({ admitted: false, value: 4 });
        await expect(add(6)).resolves.toMatchObject({ admitted: true, value: 10 });
        await expect(add(1)).resolves.toMatchObject({ admitted: false, value: 10 });
      });

      it('reads with amount 0', async () => {
        const key = freshKey();
        await acme(() => counters.add({ key, amount: 3, limit: 3, windowMs: LONG_MS }));
        await expect(acme(() => counters.add({ key, amount: 0, limit: 3, windowMs: LONG_MS }))).resolves.toMatchObject({ admitted: true, value: 3 });
        await expect(acme(() => counters.add({ key, amount: 0, limit: 2, windowMs: LONG_MS }))).resolves.toMatchObject({ admitted: false, value: 3 });
      });

      it('begins a window at a multiple of its length and starts anew after it', async () => {
        const key = freshKey();
        const windowMs = 1_000;
        const first = await acme(() => counters.add({ key, amount: 5, limit: 5, windowMs }));
        expect(first).toMatchObject({ admitted: true, value: 5 });
        expect(first.resetAt % windowMs).toBe(0);
        await new Promise((resolve) => setTimeout(resolve, windowMs + 50));
        const next = await acme(() => counters.add({ key, amount: 2, limit: 5, windowMs }));
        expect(next).toMatchObject({ admitted: true, value: 2 });
        expect(next.resetAt).toBeGreaterThan(first.resetAt);
      });

      it('keeps tenants, keys and windows apart', async () => {
        const key = freshKey();
        const add = (tenant: string, windowMs: number, of = key) => runInContext(asTenant(tenant), () => counters.add({ key: of, amount: 1, limit: 1, windowMs }));
        await expect(add('acme', LONG_MS)).resolves.toMatchObject({ admitted: true });
        await expect(add('globex', LONG_MS)).resolves.toMatchObject({ admitted: true });
        await expect(add('acme', LONG_MS - 1)).resolves.toMatchObject({ admitted: true });
        await expect(add('acme', LONG_MS, `${key}x`)).resolves.toMatchObject({ admitted: true });
        await expect(add('acme', LONG_MS)).resolves.toMatchObject({ admitted: false, value: 1 });
      });

      it('shares a counter among tenants only when told so, and then needs no request', async () => {
        const request = { key: freshKey(), amount: 1, limit: 1, windowMs: LONG_MS };
        await expect(counters.add({ ...request, shared: true })).resolves.toMatchObject({ admitted: true });
        await expect(acme(() => counters.add({ ...request, shared: true }))).resolves.toMatchObject({ admitted: false });
        await expect(acme(() => counters.add(request))).resolves.toMatchObject({ admitted: true });
        await expect(counters.add(request)).rejects.toMatchObject({ code: 'INTERNAL' });
      });

      it('is exact up to 2^53 - 1', async () => {
        const key = freshKey();
        const most = Number.MAX_SAFE_INTEGER;
        const add = (amount: number) => acme(() => counters.add({ key, amount, limit: most, windowMs: LONG_MS }));
        await expect(add(most - 2)).resolves.toMatchObject({ admitted: true, value: most - 2 });
        await expect(add(3)).resolves.toMatchObject({ admitted: false, value: most - 2 });
        await expect(add(most)).resolves.toMatchObject({ admitted: false, value: most - 2 });
        await expect(add(1)).resolves.toMatchObject({ admitted: true, value: most - 1 });
        await expect(add(1)).resolves.toMatchObject({ admitted: true, value: most });
        await expect(add(1)).resolves.toMatchObject({ admitted: false, value: most });
      });

      it('takes keys of any characters', async () => {
        for (const odd of ['{}', '}{', '%7B', 'a b\n"ü👋', "'; drop table counters; --", 'x'.repeat(200)]) {
          const request = { key: `${freshKey()}${odd}`.slice(0, 256), amount: 1, limit: 1, windowMs: LONG_MS };
          await expect(acme(() => counters.add(request))).resolves.toMatchObject({ admitted: true, value: 1 });
          await expect(acme(() => counters.add(request))).resolves.toMatchObject({ admitted: false, value: 1 });
        }
      });
    });

    describe('reserve, settle and release', () => {
      it('holds the amount until it is settled with what was used', async () => {
        const key = freshKey();
        const request = { key, amount: 60, limit: 100, ttlMs: 60_000, windowMs: LONG_MS };
        const reservation = await reserved(request);
        expect(reservation).toMatchObject({ admitted: true, amount: 60, value: 60 });
        expect(reservation.resetAt).toBeGreaterThan(reservation.expiresAt);
        const refused = (await acme(() => counters.reserve(request))) as ReservationRefused;
        expect(refused).toEqual({ admitted: false, value: 60, resetAt: reservation.resetAt });
        await expect(acme(() => counters.add({ key, amount: 41, limit: 100, windowMs: LONG_MS }))).resolves.toMatchObject({ admitted: false, value: 60 });
        await expect(acme(() => counters.settle(reservation, 25))).resolves.toEqual({ outcome: 'settled', value: 25 });
        await expect(reserved(request)).resolves.toMatchObject({ value: 85 });
      });

      it('gives everything back on release', async () => {
        const key = freshKey();
        const reservation = await reserved({ key, amount: 100, limit: 100, ttlMs: 60_000, windowMs: LONG_MS });
        await expect(acme(() => counters.release(reservation))).resolves.toEqual({ outcome: 'settled', value: 0 });
        await expect(valueOf(key)).resolves.toBe(0);
      });

      it('changes nothing when a reservation is settled or released again', async () => {
        const key = freshKey();
        const reservation = await reserved({ key, amount: 10, limit: 100, ttlMs: 60_000, windowMs: LONG_MS });
        await acme(() => counters.settle(reservation, 7));
        await expect(acme(() => counters.settle(reservation, 7))).resolves.toEqual({ outcome: 'closed', value: 7 });
        await expect(acme(() => counters.release(reservation))).resolves.toEqual({ outcome: 'closed', value: 7 });
        const other = await reserved({ key, amount: 10, limit: 100, ttlMs: 60_000, windowMs: LONG_MS });
        await acme(() => counters.release(other));
        await expect(acme(() => counters.settle(other, 10))).resolves.toEqual({ outcome: 'closed', value: 7 });
      });

      it('counts what was used even when it is more than was reserved, and refuses the next', async () => {
        const key = freshKey();
        const request = { key, amount: 10, limit: 12, ttlMs: 60_000, windowMs: LONG_MS };
        await expect(acme(async () => counters.settle(await reserved(request), 15))).resolves.toEqual({ outcome: 'settled', value: 15 });
        await expect(acme(() => counters.reserve({ ...request, amount: 1 }))).resolves.toMatchObject({ admitted: false, value: 15 });
      });

      it('stays at 2^53 - 1 when settlements go beyond it', async () => {
        const key = freshKey();
        const most = Number.MAX_SAFE_INTEGER;
        const first = await reserved({ key, amount: 1, limit: 2, ttlMs: 60_000, windowMs: LONG_MS });
        const second = await reserved({ key, amount: 1, limit: 2, ttlMs: 60_000, windowMs: LONG_MS });
        await acme(() => counters.settle(first, most));
        await expect(acme(() => counters.settle(second, most))).resolves.toEqual({ outcome: 'settled', value: most });
      });

      it('lets go of a reservation whose process died, at its ttl and not before', async () => {
        const request = { key: freshKey(), amount: 10, limit: 10, ttlMs: 2_000, windowMs: LONG_MS };
        await reserved(request);
        await expect(acme(() => counters.reserve(request))).resolves.toMatchObject({ admitted: false, value: 10 });
        await new Promise((resolve) => setTimeout(resolve, 2_100));
        await expect(reserved(request)).resolves.toMatchObject({ value: 10 });
      });

      it('counts a late settlement once, without taking from a reservation made since', async () => {
        const request = { key: freshKey(), amount: 10, limit: 20, ttlMs: 1_000, windowMs: LONG_MS };
        const late = await reserved(request);
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        await reserved({ ...request, ttlMs: 60_000 });
        await expect(acme(() => counters.settle(late, 4))).resolves.toEqual({ outcome: 'late', value: 14 });
        await expect(acme(() => counters.settle(late, 4))).resolves.toEqual({ outcome: 'closed', value: 14 });
      });

      it('does not charge a later window for a reservation of an earlier one', async () => {
        const request = { key: freshKey(), amount: 10, limit: 10, ttlMs: 60_000, windowMs: 1_000 };
        const earlier = await reserved(request);
        await new Promise((resolve) => setTimeout(resolve, 1_050));
        await expect(valueOf(request.key, 1_000)).resolves.toBe(0);
        await expect(acme(() => counters.settle(earlier, 10))).resolves.toEqual({ outcome: 'settled', value: 0 });
      });

      it('keeps a counter without a window until it is spent', async () => {
        const request = { key: freshKey(), amount: 6, limit: 10, ttlMs: 60_000 };
        const reservation = await reserved(request);
        expect(reservation.resetAt).toBeNull();
        await expect(acme(() => counters.settle(reservation, 6))).resolves.toEqual({ outcome: 'settled', value: 6 });
        await expect(acme(() => counters.reserve(request))).resolves.toEqual({ admitted: false, value: 6, resetAt: null });
      });

      it('settles from another client, after the reservation went through JSON, outside the request', async () => {
        const key = freshKey();
        const reservation = await reserved({ key, amount: 10, limit: 10, ttlMs: 60_000, windowMs: LONG_MS });
        const other = await store.open();
        const stored = JSON.parse(JSON.stringify(reservation)) as Reservation;
        await expect(other.settle(stored, 3)).resolves.toEqual({ outcome: 'settled', value: 3 });
        await expect(valueOf(key)).resolves.toBe(3);
      });

      it('does not know a reservation it never made', async () => {
        const key = freshKey();
        const reservation = await reserved({ key, amount: 1, limit: 10, ttlMs: 60_000, windowMs: LONG_MS });
        const unknown = { ...reservation, id: '018f0000-0000-7000-8000-000000000000' };
        await expect(acme(() => counters.settle(unknown, 5))).resolves.toEqual({ outcome: 'forgotten', value: 1 });
      });
    });

    describe('many at once', () => {
      it('never admits more than the limit: 1,000 adds over four clients', async () => {
        const key = freshKey();
        const clients = await Promise.all([store.open(), store.open(), store.open(), store.open()]);
        const answers = await Promise.all(
          Array.from({ length: 1_000 }, (_, index) => acme(() => clients[index % 4]!.add({ key, amount: 1, limit: 300, windowMs: LONG_MS }))),
        );
        expect(answers.filter(({ admitted }) => admitted)).toHaveLength(300);
        expect(Math.max(...answers.map(({ value }) => value))).toBe(300);
        await expect(valueOf(key)).resolves.toBe(300);
      }, 60_000);

      it('never passes the cap with reservations, settlements and adds at once, and ends at what was used', async () => {
        const key = freshKey();
        const limit = 100;
        let spent = 0;
        const seen: number[] = [];
        const work = async (index: number): Promise<void> => {
          const amount = 1 + (index % 9);
          if (index % 5 === 0) {
            const answer = await acme(() => counters.add({ key, amount: 1, limit, windowMs: LONG_MS }));
            if (answer.admitted) spent += 1;
            seen.push(answer.value);
            return;
          }
          const answer = await acme(() => counters.reserve({ key, amount, limit, ttlMs: 60_000, windowMs: LONG_MS }));
          seen.push(answer.value);
          if (!answer.admitted) return;
          const used = index % 3 === 0 ? 0 : Math.floor(amount / 2);
          // Every settlement is sent twice at once: one of them counts.
          const outcomes = await Promise.all([acme(() => counters.settle(answer, used)), acme(() => counters.settle(answer, used))]);
          expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['closed', 'settled']);
          seen.push(...outcomes.map(({ value }) => value));
          spent += used;
        };
        await Promise.all(Array.from({ length: 300 }, (_, index) => work(index)));
        expect(Math.max(...seen)).toBeLessThanOrEqual(limit);
        expect(spent).toBeGreaterThan(0);
        await expect(valueOf(key)).resolves.toBe(spent);
      }, 60_000);
    });

    describe('the rules', () => {
      it('refuses every call while a database transaction is open', async () => {
        const key = freshKey();
        const reservation = await reserved({ key, amount: 1, limit: 1, ttlMs: 1_000 });
        const calls = [
          () => counters.add({ key, amount: 1, limit: 1, windowMs: LONG_MS }),
          () => counters.reserve({ key, amount: 1, limit: 1, ttlMs: 1_000 }),
          () => counters.settle(reservation, 1),
          () => counters.release(reservation),
        ];
        for (const call of calls) await expect(acme(() => runInTransactionScope(async () => call()))).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
      });

      it.each([
        ['a negative amount', { amount: -1 }],
        ['half an amount', { amount: 1.5 }],
        ['an amount over 2^53 - 1', { amount: 2 ** 53 }],
        ['a negative limit', { limit: -1 }],
        ['a limit that is no number', { limit: Number.NaN }],
        ['a window under a second', { windowMs: 999 }],
        ['an empty key', { key: '' }],
        ['a key over 256 characters', { key: 'k'.repeat(257) }],
      ])('refuses to add with %s', async (_, wrong) => {
        await expect(acme(async () => counters.add({ key: 'wrong', amount: 1, limit: 1, windowMs: LONG_MS, ...wrong }))).rejects.toMatchObject({ code: 'INTERNAL' });
      });

      it.each([{ amount: 0 }, { ttlMs: 999 }, { ttlMs: 86_400_001 }, { windowMs: 0 }])('refuses to reserve with %j', async (wrong) => {
        await expect(acme(async () => counters.reserve({ key: 'wrong', amount: 1, limit: 1, ttlMs: 1_000, ...wrong }))).rejects.toMatchObject({ code: 'INTERNAL' });
      });

      it('refuses to settle with less than nothing', async () => {
        const reservation = await reserved({ key: freshKey(), amount: 1, limit: 1, ttlMs: 1_000 });
        await expect(acme(async () => counters.settle(reservation, -1))).rejects.toMatchObject({ code: 'INTERNAL' });
      });
    });
  });
}
