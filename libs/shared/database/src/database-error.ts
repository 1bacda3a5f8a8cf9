import { AppError } from '@faas/errors';

/** Codes of node's sockets and SQLSTATE classes that mean: the server is away, starting or going down. */
const UNAVAILABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|08\w{3}|57P0[1-3])$/;
// TypeORM releases the runner of an open transaction only when its connection broke.
const UNAVAILABLE_MESSAGE = /Connection terminated|connection is closed|Client has encountered a connection error|server closed the connection|not queryable|Query runner already released/i;
const NO_CONNECTION_MESSAGE = /timeout exceeded when trying to connect|was held by another transaction/i;
/** Too many connections, lock not available, statement cancelled by its time-out. */
const BUSY = /^(53300|55P03|57014)$/;
/** Serialisation failure and deadlock: the transaction may simply be tried again. */
const CONFLICT = /^(40001|40P01)$/;

/** Names failures of the connection; everything else, also an AppError of the work inside, passes unchanged. */
export function toDatabaseError(error: unknown): unknown {
  if (AppError.is(error)) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : '';
  const state = typeof code === 'string' ? code : '';
  if (BUSY.test(state) || NO_CONNECTION_MESSAGE.test(text)) return new AppError('DATABASE_BUSY', 'The database is too busy at present. Try again shortly.', { cause: error, retryAfterMs: 1_000 });
  if (CONFLICT.test(state)) return new AppError('DATABASE_BUSY', 'Two changes met in the database. Try again.', { cause: error, retryAfterMs: 100 });
  if (UNAVAILABLE.test(state) || UNAVAILABLE_MESSAGE.test(text)) return new AppError('DATABASE_UNAVAILABLE', 'The database does not answer. Check DATABASE_URL.', { cause: error, retryAfterMs: 1_000 });
  return error;
}

/** Wrong user or password, no such database, no right to connect. */
const REFUSED = /^(28\w{3}|3D000|42501)$/;

/** The same at the start, where what the server refuses is the configuration's fault. The server's message holds no password. */
export function toOpenError(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && REFUSED.test(code)) return new AppError('CONFIG_INVALID', `The database refuses the login of DATABASE_URL: ${String(message)}.`, { cause: error });
  return toDatabaseError(error);
}
