import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { errorBody } from '@faas/api';
import type * as z from 'zod';

/**
 * Declares what a handler answers: status code, serialisation (columns that the schema does not name are stripped) and
 * OpenAPI, from one schema. `null` for an answer without a body or with bytes.
 *
 * @example
 * \@Answers(201, collection, 'Create a collection.')
 */
export function Answers(status: number, schema: z.ZodType | null, summary: string): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, ...(schema ? { standardSchema: schema } : {}) }),
    ApiResponse({ status: 'default', description: 'An error; see docs/errors.md.', standardSchema: errorBody }),
    ...(schema ? [SerializeOptions({ schema })] : []),
  );
}
