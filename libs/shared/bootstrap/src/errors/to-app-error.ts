import { HttpException } from '@nestjs/common';
import { AppError, type ErrorCode } from '@faas/errors';

/** Fastify's own error codes for what it refuses before a handler runs. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_REQ_FILE_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_FILES_LIMIT: 'REQUEST_TOO_LARGE',
  FST_PARTS_LIMIT: 'REQUEST_TOO_LARGE',
  FST_FIELDS_LIMIT: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
};

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_MALFORMED',
  404: 'ROUTE_NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
};

/** Everything that can reach the edge of a request, as one type. What is not known becomes a bare INTERNAL with its cause. */
export function toAppError(error: unknown): AppError {
  if (AppError.is(error)) return error;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const known = (typeof code === 'string' ? FASTIFY_CODES[code] : undefined) ?? (typeof status === 'number' ? STATUS_CODES[status] : undefined);
  if (known) return new AppError(known, (error as Error).message, { cause: error });
  return new AppError('INTERNAL', 'Something unexpected failed. The log line with this request id has the cause.', { cause: error });
}
