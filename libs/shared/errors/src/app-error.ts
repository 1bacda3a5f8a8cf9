import { errorCatalogue, type ErrorCode } from './error-catalogue';

/** JSON facts for the caller: never secrets, never another tenant's data. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface AppErrorOptions {
  cause?: unknown;
  details?: ErrorDetails;
  /** Overrides the catalogue where the place that throws knows better. */
  retryable?: boolean;
  /** Milliseconds after which a retry makes sense; becomes Retry-After. */
  retryAfterMs?: number;
  /**
   * What was asked for has begun, and goes on or left something behind: a repeated Idempotency-Key gets this error again
   * instead of doing it twice.
   */
  keepsIdempotencyKey?: boolean;
}

const MARKER = Symbol.for('@faas/errors.AppError');

/**
 * The one error type that crosses module borders. `message` is written for the caller and says what to do.
 *
 * @example
 * throw new AppError('MODEL_NOT_FOUND', "Unknown model 'x'. Configured: local/extractive.", { details: { model: 'x' } });
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly details?: ErrorDetails;
  readonly retryAfterMs?: number;
  readonly keepsIdempotencyKey: boolean;
  readonly [MARKER] = true;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = errorCatalogue[code].status;
    this.retryable = options.retryable ?? errorCatalogue[code].retryable;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.keepsIdempotencyKey = options.keepsIdempotencyKey ?? false;
  }

  /** Works across duplicate copies of this module, where instanceof does not. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && MARKER in error;
  }

  static hasCode(error: unknown, code: ErrorCode): error is AppError {
    return AppError.is(error) && error.code === code;
  }
}
