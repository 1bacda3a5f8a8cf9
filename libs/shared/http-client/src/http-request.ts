import type { Logger } from '@faas/logging';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Begins with `/`; encode parameters with encodeURIComponent. Appended to the path of the client's base URL. */
  readonly path: string;
  /** Undefined values are left out; a list repeats the name. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`; set its content-type in `headers` (FormData brings its own). */
  readonly rawBody?: string | Uint8Array | FormData;
  /** Milliseconds for everything, body and retries included. Never more than the current request has left. */
  readonly timeoutMs?: number;
  /** Milliseconds without a byte after which a body counts as stuck. */
  readonly idleTimeoutMs?: number;
  /** May be sent twice. Default: true for GET, HEAD, PUT, DELETE and for any request with an idempotency key. */
  readonly idempotent?: boolean;
  /** Sent as `Idempotency-Key`. */
  readonly idempotencyKey?: string;
  /** Aborts the call; the signal of the current request always does. */
  readonly signal?: AbortSignal;
}

export interface HttpClientOptions {
  /** Name of the neighbour in errors, logs and traces, for example `rag-service`. */
  readonly name: string;
  /** Origin, optionally with a path that every request path is appended to. No credentials. */
  readonly baseUrl: string;
  readonly logger: Logger;
  /** Milliseconds for a call that does not say otherwise. Default 30 000. */
  readonly timeoutMs?: number;
  /** Milliseconds for a stream of events that does not say otherwise. Default 600 000. */
  readonly streamTimeoutMs?: number;
  /** Milliseconds until the TCP and TLS handshakes must be done. Default 3 000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from sending the request to the status line. Default: only the total counts. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds without a byte of a body. Default 30 000; for events 45 000, three heartbeats. */
  readonly idleTimeoutMs?: number;
  /** Repetitions after the first attempt. Default 2. */
  readonly retries?: number;
  /** Asked before each attempt, for short-lived credentials. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** The neighbour is one of our services: it is told how much time is left. */
  readonly internal?: boolean;
  /** Bytes of a body read by json(), text() and bytes() without a limit of their own. Default 32 MiB. */
  readonly maxResponseBytes?: number;
  readonly breaker?: BreakerOptions;
}

export interface BreakerOptions {
  /** Failures among the last 20 calls that open the breaker when they are at least half of them. Default 5. */
  readonly failures?: number;
  /** Milliseconds until the first probe; doubles with each failed probe up to 30 000. Default 1 000. */
  readonly openMs?: number;
}
