import type { HttpRequest } from './http-request';

const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const RETRYABLE_STATUS = new Set([408, 425, 429, 502, 503, 504]);
const BASE_MS = 100;
const CAP_MS = 2_000;

/** How an attempt ended, as far as repeating it is concerned. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  /** `sent`: the neighbour may have seen the request; `transient`: another attempt may fare better. */
  | { readonly kind: 'failed'; readonly sent: boolean; readonly transient: boolean };

export interface RetrySituation {
  readonly attempt: number;
  readonly retries: number;
  readonly idempotent: boolean;
  readonly remainingMs: number;
}

export function isIdempotent(request: HttpRequest): boolean {
  return request.idempotent ?? (IDEMPOTENT_METHODS.has(request.method) || request.idempotencyKey !== undefined);
}

/**
 * Milliseconds to wait before the next attempt; undefined when there must be none.
 *
 * What was never sent may be repeated for every method. Retry-After is the least wait, and one that ends after the
 * deadline means: do not wait at all. Otherwise full jitter: many callers must not come back at the same moment.
 */
export function retryDelay(result: AttemptResult, situation: RetrySituation, random: () => number = Math.random): number | undefined {
  if (situation.attempt >= situation.retries) return undefined;
  const repeatable = result.kind === 'answered' ? RETRYABLE_STATUS.has(result.status) && situation.idempotent : result.transient && (situation.idempotent || !result.sent);
  if (!repeatable) return undefined;
  const backoff = random() * Math.min(CAP_MS, BASE_MS * 2 ** situation.attempt);
  const least = result.kind === 'answered' ? (result.retryAfterMs ?? 0) : 0;
  const delay = Math.ceil(Math.max(least + (least > 0 ? backoff / 4 : 0), backoff));
  return delay < situation.remainingMs ? delay : undefined;
}

/** Reads `retry-after-ms`, else `retry-after` in seconds or as a date. Milliseconds, at least 0. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now = Date.now()): number | undefined {
  const milliseconds = positiveNumber(headers['retry-after-ms']);
  if (milliseconds !== undefined) return milliseconds;
  const value = headers['retry-after'];
  const seconds = positiveNumber(value);
  if (seconds !== undefined) return seconds * 1_000;
  const date = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function positiveNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
