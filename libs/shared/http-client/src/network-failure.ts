import { AppError } from '@faas/errors';

export interface NetworkFailure {
  readonly error: AppError;
  /** Whether the neighbour may have seen the request. */
  readonly sent: boolean;
  readonly transient: boolean;
}

/** Where a call went: the origin never holds credentials or a query. */
export interface Neighbour {
  readonly name: string;
  readonly origin: string;
}

const REFUSED = new Set(['ECONNREFUSED']);
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const UNREACHABLE = new Set(['UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EHOSTDOWN', 'EADDRNOTAVAIL']);
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);
const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_|EPROTO|HOSTNAME_MISMATCH)/;

/** Translates what undici and the sockets below it throw before an answer began. */
export function networkFailure(error: unknown, { name, origin }: Neighbour): NetworkFailure {
  const code = errorCode(error);
  const unavailable = (message: string, sent: boolean, transient = true): NetworkFailure => ({
    error: new AppError('SERVICE_UNAVAILABLE', message, { cause: error, details: { service: name }, retryable: transient }),
    sent,
    transient,
  });
  if (REFUSED.has(code)) return unavailable(`${name} does not answer at ${origin} (connection refused). Is it running?`, false);
  if (UNKNOWN_HOST.has(code)) return unavailable(`${name} does not answer at ${origin} (its host name cannot be resolved).`, false);
  if (UNREACHABLE.has(code)) return unavailable(`${name} does not answer at ${origin} (no connection).`, false);
  if (CERTIFICATE.test(code)) return unavailable(`${name} at ${origin} presents a certificate or TLS version that is not accepted (${code}).`, false, false);
  if (CLOSED.has(code)) return unavailable(`${name} at ${origin} closed the connection before it answered.`, true);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return { error: new AppError('DEADLINE_EXCEEDED', `${name} did not begin to answer in time.`, { cause: error, details: { service: name } }), sent: true, transient: true };
  }
  const described = code ? ` (${code})` : '';
  return { error: new AppError('UPSTREAM_FAILED', `The call to ${name} at ${origin} failed${described}.`, { cause: error, details: { service: name }, retryable: false }), sent: true, transient: false };
}

/** Translates what breaks while a body is read. */
export function bodyFailure(error: unknown, { name }: Neighbour): AppError {
  if (AppError.is(error)) return error;
  return new AppError('UPSTREAM_FAILED', `The answer of ${name} broke off before its end.`, { cause: error, details: { service: name } });
}

function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
