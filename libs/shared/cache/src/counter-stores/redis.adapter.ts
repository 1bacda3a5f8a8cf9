import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { checkAdd, checkReserve, checkSettle } from '../counter-requests';
import {
  Counters,
  SETTLEMENT_MEMORY_MS,
  type AddRequest,
  type AddResult,
  type Reservation,
  type ReservationRefused,
  type ReserveRequest,
  type Settlement,
} from '../counters.port';
import type { LuaScript } from '../redis/lua-script';
import type { RedisConnection } from '../redis/redis-connection';
import { withinDeadline } from '../within-deadline';
import { addScript, reserveScript, settleScript } from './redis-scripts';

export interface RedisCountersOptions {
  /** The service's name: services that share one Redis do not share counters. */
  readonly namespace: string;
  /** Milliseconds one call may take. Default 1,000. */
  readonly timeoutMs?: number;
}

const integer = z.coerce.number().int();
const resetAt = z.string().transform((text) => (text === '' ? null : Number(text)));
const added = z.tuple([z.number(), integer, z.coerce.number()]);
const reserved = z.tuple([z.number(), integer, resetAt, z.string()]);
const settled = z.tuple([z.enum(['settled', 'late', 'closed', 'forgotten']), integer]);

/**
 * One Lua script per call, so each is atomic. The Redis must keep what it is given: `maxmemory-policy noeviction`, and `appendonly yes` where limits
 * must survive its restart. The keys of one counter share a hash slot, as a cluster demands.
 */
export class RedisCounters extends Counters {
  private readonly timeoutMs: number;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: RedisCountersOptions,
  ) {
    super();
    this.timeoutMs = options.timeoutMs ?? 1_000;
  }

  async add(request: AddRequest): Promise<AddResult> {
    const { counter, windowMs, amount, limit } = checkAdd(request);
    const [admitted, value, end] = added.parse(await this.run('counters.add', addScript, counter, [windowMs, amount, limit]));
    return { admitted: admitted === 1, value, resetAt: end };
  }

  async reserve(request: ReserveRequest): Promise<Reservation | ReservationRefused> {
    const { counter, windowMs, amount, limit, ttlMs } = checkReserve(request);
    const id = uuidv7();
    const answer = await this.run('counters.reserve', reserveScript, counter, [windowMs, amount, limit, id, ttlMs, SETTLEMENT_MEMORY_MS]);
    const [admitted, value, end, expiresAt] = reserved.parse(answer);
    if (admitted === 0) return { admitted: false, value, resetAt: end };
    return { admitted: true, id, counter, amount, expiresAt: Number(expiresAt), resetAt: end, value };
  }

  async settle(reservation: Reservation, actual: number): Promise<Settlement> {
    const checked = checkSettle(reservation, actual);
    const answer = await this.run('counters.settle', settleScript, checked.counter, [checked.windowMs, checked.id, checked.actual]);
    const [outcome, value] = settled.parse(answer);
    return { outcome, value };
  }

  release(reservation: Reservation): Promise<Settlement> {
    return this.settle(reservation, 0);
  }

  /** For health checks. @throws AppError CACHE_UNAVAILABLE */
  async check(): Promise<void> {
    await withinDeadline('counters.check', this.timeoutMs, () => this.connection.run((redis) => redis.ping(), { repeatable: true }));
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private run(what: string, script: LuaScript, counter: string, values: (string | number)[]): Promise<unknown> {
    // Braces inside a key would move the hash tag's end.
    const tag = `faas:${this.options.namespace}:counter:{${counter.replace(/[{}%]/g, encodeURIComponent)}}`;
    const keys = [tag, `${tag}:holds`, `${tag}:reservations`, `${tag}:memory`];
    return withinDeadline(what, this.timeoutMs, () => this.connection.run((redis) => script.run(redis, keys, values), { repeatable: false }));
  }
}
