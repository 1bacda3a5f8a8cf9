import type { AppError } from '@faas/errors';
import * as z from 'zod';
import { providerFailure } from '../provider-failure';
import type { Refusal } from '../provider-http';

const errorShape = z.looseObject({ error: z.looseObject({ type: z.string().nullish(), message: z.string().nullish() }) });

/** Reads `{"type":"error","error":{"type","message"}}`, as a body and as an event of a stream. */
export function readAnthropicRefusal(provider: string, refusal: Partial<Refusal>): AppError {
  const parsed = errorShape.safeParse(refusal.body);
  const error = parsed.success ? parsed.data.error : undefined;
  return providerFailure({ provider, status: refusal.status, retryAfterMs: refusal.retryAfterMs, message: error?.message ?? undefined, type: error?.type ?? undefined });
}
