import { AppError } from '@faas/errors';

/** What a provider said when it refused or failed, in no protocol's words. */
export interface ProviderFailure {
  readonly provider: string;
  /** HTTP status; absent for an error inside a stream. */
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  /** Absent when the body is not an error of a known shape. */
  readonly message?: string;
  readonly param?: string;
  readonly retryAfterMs?: number;
}

const CONTEXT = /context.{0,12}(length|window|size)|maximum context|prompt is too long|too many (input )?tokens|input is too long|exceeds? the (model'?s )?(maximum )?context|request_too_large/i;
const CONTENT = /content_filter|content_policy|content management policy|moderation|safety (system|policy)/i;
const NO_CREDIT = /insufficient_quota|billing|credit balance/i;
const OVERLOADED = /overloaded|server_error|api_error|internal|unavailable/i;
const MOST_CHARACTERS = 1000;

/**
 * The error for the caller. The provider's words are passed on only where the caller can act on them: an answer to wrong
 * credentials may quote them, and is never the caller's own 401.
 */
export function providerFailure(failure: ProviderFailure): AppError {
  const { provider, code = '', type = '' } = failure;
  const status = failure.status ?? statusOf(type, code);
  const words = `${code} ${type} ${failure.message ?? ''}`;
  const details = { provider, ...(failure.status === undefined ? {} : { status: failure.status }) };
  const said = (failure.message ?? `status ${status}`).slice(0, MOST_CHARACTERS);

  if (status === 402 || ((status === 429 || status === 400) && NO_CREDIT.test(`${code} ${type}`)))
    return new AppError('MODEL_PROVIDER_CREDENTIALS_REJECTED', `The account behind provider '${provider}' has no credit left.`, { details });
  if (status === 401 || status === 403)
    return new AppError('MODEL_PROVIDER_CREDENTIALS_REJECTED', `Provider '${provider}' rejects the credentials that this gateway is configured with.`, { details });
  if (status === 429) return new AppError('MODEL_PROVIDER_RATE_LIMITED', `Provider '${provider}' limits the rate: ${said}`, { details, retryAfterMs: failure.retryAfterMs });
  if (status === 408 || status === 504) return new AppError('MODEL_PROVIDER_TIMEOUT', `Provider '${provider}' timed out.`, { details });
  if (status >= 500) return new AppError('MODEL_PROVIDER_UNAVAILABLE', `Provider '${provider}' failed: ${said}`, { details, retryAfterMs: failure.retryAfterMs });
  if (failure.message === undefined)
    return new AppError('MODEL_PROVIDER_UNAVAILABLE', `Provider '${provider}' answered with status ${status} and no error of its protocol. Check its base URL.`, { details, retryable: false });
  if (status === 404) return new AppError('MODEL_NOT_FOUND', `Provider '${provider}' does not know the model: ${said}`, { details });
  if (status === 413 || CONTEXT.test(words)) return new AppError('MODEL_CONTEXT_EXCEEDED', `The request is longer than the model's context: ${said}`, { details });
  if (CONTENT.test(words)) return new AppError('MODEL_CONTENT_REFUSED', `Provider '${provider}' refuses the content: ${said}`, { details });
  return new AppError('MODEL_REQUEST_REJECTED', `Provider '${provider}' refuses the request: ${said}`, { details: { ...details, ...(failure.param ? { param: failure.param } : {}) } });
}

/** Errors inside a stream have no status: their words tell. Some servers put an HTTP status into `code`. */
function statusOf(type: string, code: string): number {
  if (/^[45]\d\d$/.test(code)) return Number(code);
  const words = `${type} ${code}`;
  if (/rate_limit|too_many_requests/.test(words)) return 429;
  if (/authentication|permission|invalid_api_key/.test(words)) return 401;
  if (/timeout/.test(words)) return 504;
  if (/not_found/.test(words)) return 404;
  if (/invalid_request|context_length|content_filter|request_too_large/.test(words) && !OVERLOADED.test(words)) return 400;
  return 502;
}

/** Translates what the HTTP client throws: a provider out of reach is not a neighbouring service of ours. */
export function transportFailure(error: unknown, provider: string, during: 'call' | 'stream'): unknown {
  if (!AppError.is(error)) return error;
  const options = { cause: error, details: { provider }, retryable: error.retryable };
  if (error.code === 'SERVICE_UNAVAILABLE') return new AppError('MODEL_PROVIDER_UNAVAILABLE', `Provider '${provider}' is out of reach.`, options);
  if (error.code !== 'UPSTREAM_FAILED') return error;
  return during === 'stream'
    ? new AppError('MODEL_STREAM_BROKEN', `The stream of provider '${provider}' broke off before its end.`, { ...options, retryable: true })
    : new AppError('MODEL_PROVIDER_UNAVAILABLE', `The answer of provider '${provider}' cannot be read.`, options);
}
