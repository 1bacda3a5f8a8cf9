import type { AppError } from '@faas/errors';
import * as z from 'zod';
import { providerFailure } from '../provider-failure';
import type { Refusal } from '../provider-http';

const text = z.union([z.string(), z.number().transform(String)]);
const errorShape = z.looseObject({
  error: z.union([
    z.looseObject({ message: z.string().nullish(), type: z.string().nullish(), code: text.nullish(), param: z.string().nullish() }),
    z.string().transform((message) => ({ message, type: undefined, code: undefined, param: undefined })),
  ]),
});

/** Reads `{"error":{"message","type","code","param"}}`, and the shorter forms that compatible servers send. */
export function readOpenAiRefusal(provider: string, refusal: Partial<Refusal>): AppError {
  const parsed = errorShape.safeParse(refusal.body);
  const error = parsed.success ? parsed.data.error : undefined;
  return providerFailure({
    provider,
    status: refusal.status,
    retryAfterMs: refusal.retryAfterMs,
    message: error?.message ?? undefined,
    type: error?.type ?? undefined,
    code: error?.code ?? undefined,
    param: error?.param ?? undefined,
  });
}
