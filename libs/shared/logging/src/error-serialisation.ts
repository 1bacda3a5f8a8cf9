import { AppError } from '@faas/errors';
import { scrubText } from './scrub-text';

const MAX_CAUSES = 5;

export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly details?: Record<string, unknown>;
  readonly stack?: string;
  readonly cause?: SerializedError | string;
  /** The parts of an AggregateError: a refused connection has one per address. */
  readonly errors?: readonly SerializedError[];
}

export interface ErrorSerialisation {
  readonly stacks: boolean;
  readonly copyDetails: (details: object) => Record<string, unknown>;
}

/** Only these fields: drivers attach queries and row values to their errors, which must not reach a log. */
export function serializeError(error: Error, how: ErrorSerialisation, depth = 0): SerializedError {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: scrubText(String(error.message)),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(AppError.is(error) ? { retryable: error.retryable, ...(error.details ? { details: how.copyDetails(error.details) } : {}) } : {}),
    ...(how.stacks && error.stack ? { stack: scrubText(error.stack) } : {}),
    ...(error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: serializeCause(error.cause, how, depth + 1) }),
    ...(error instanceof AggregateError && depth < MAX_CAUSES
      ? { errors: error.errors.slice(0, MAX_CAUSES).map((part: unknown) => serializeError(toError(part), { ...how, stacks: false }, depth + 1)) }
      : {}),
  };
}

function serializeCause(cause: unknown, how: ErrorSerialisation, depth: number): SerializedError | string {
  return cause instanceof Error ? serializeError(cause, how, depth) : scrubText(String(cause));
}

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
