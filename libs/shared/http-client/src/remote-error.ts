import { errorBody } from '@faas/api';
import { AppError, errorCatalogue, type ErrorCode } from '@faas/errors';
import type { HttpResponse } from './http-response';
import { retryAfterMs } from './retry-policy';

const MAX_ERROR_BYTES = 64 * 1024;

export interface RemoteErrorOptions {
  readonly name: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Reads the answer of a neighbour that did not succeed into the error to throw. Consumes the body. */
export async function remoteError(response: HttpResponse, name: string): Promise<AppError> {
  const options = { name, status: response.status, retryAfterMs: retryAfterMs(response.headers) };
  const text = await response.text(MAX_ERROR_BYTES);
  return errorFromBody(parseJson(text), options);
}

/**
 * The error behind a body `{"error":{"code",…}}` of our services (also the data of an `error` frame): the same code again.
 * Any other body, and a code this version does not know, is UPSTREAM_FAILED, retryable by its status.
 */
export function errorFromBody(body: unknown, { name, status, retryAfterMs }: RemoteErrorOptions): AppError {
  const parsed = errorBody.safeParse(body);
  if (parsed.success && isErrorCode(parsed.data.error.code)) {
    const { code, message, details } = parsed.data.error;
    return new AppError(code, message, { details, retryAfterMs });
  }
  const answered = status === undefined ? 'reported an error' : `answered with status ${status}`;
  const code = parsed.success ? parsed.data.error.code : undefined;
  return new AppError('UPSTREAM_FAILED', `${name} ${answered}${code ? ` (${code})` : ''}.`, {
    details: { service: name, ...(status === undefined ? {} : { status }), ...(code ? { code } : {}) },
    retryable: status === undefined || status === 408 || status === 429 || status >= 500,
    retryAfterMs,
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

/** A proxy in between answers HTML: that is no reason to hide the status. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
