import type { ErrorBody } from '@faas/api';
import type { AppError, ErrorCode } from '@faas/errors';
import type { OpenAiError } from '@faas/gateway-contract';

/** Codes that OpenAI's clients look for; everything else keeps ours. */
const CODES: Partial<Record<ErrorCode, string>> = {
  CREDENTIAL_MISSING: 'invalid_api_key',
  CREDENTIAL_INVALID: 'invalid_api_key',
  CREDENTIAL_EXPIRED: 'invalid_api_key',
  CREDENTIAL_REVOKED: 'invalid_api_key',
  MODEL_NOT_FOUND: 'model_not_found',
  MODEL_CONTEXT_EXCEEDED: 'context_length_exceeded',
  MODEL_CONTENT_REFUSED: 'content_policy_violation',
  MODEL_PROVIDER_RATE_LIMITED: 'rate_limit_exceeded',
  RATE_LIMITED: 'rate_limit_exceeded',
};

const TYPES: Readonly<Record<number, string>> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' };

/** The body of an error as OpenAI's SDKs read it; `faas` carries our own code and the request id. */
export function writeOpenAiError(body: ErrorBody, error: AppError): OpenAiError {
  const { code, message, requestId } = body.error;
  return {
    error: {
      message,
      type: TYPES[error.status] ?? (error.status >= 500 ? 'server_error' : 'invalid_request_error'),
      param: paramOf(error),
      code: CODES[error.code] ?? code,
      faas: { code, requestId },
    },
  };
}

function paramOf({ details }: AppError): string | null {
  const { param, issues, model } = (details ?? {}) as { param?: unknown; issues?: readonly { path?: unknown }[]; model?: unknown };
  if (typeof param === 'string') return param;
  const path = issues?.[0]?.path;
  if (typeof path === 'string' && path !== '') return path;
  return model === undefined ? null : 'model';
}
