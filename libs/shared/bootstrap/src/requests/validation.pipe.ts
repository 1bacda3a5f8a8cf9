import { StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError } from '@faas/errors';

const MOST_ISSUES = 20;

/** Checks every parameter that names a schema and says which fields are wrong. */
export function createValidationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const named = issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({ path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'), message }));
      const summary = named.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
      return new AppError('REQUEST_INVALID', `The request is not valid. ${summary}`, { details: { issues: named } });
    },
  });
}
