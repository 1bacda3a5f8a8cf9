import type { AppError } from '@faas/errors';
import { openAiError } from '@faas/gateway-contract';
import { errorFromBody, retryAfterMs, type HttpResponse } from '@faas/http-client';
import * as z from 'zod';

const MAX_ERROR_BYTES = 64 * 1024;
/** The gateway's own code and request id stand beside the fields that OpenAI's clients read. */
const own = z.object({ code: z.string(), requestId: z.string().optional() });

/** Reads a refusal in either of the gateway's shapes as the error that it threw. Consumes the body. */
export async function refusalOf(response: HttpResponse, name: string): Promise<AppError> {
  const { status } = response;
  const waitMs = retryAfterMs(response.headers);
  return errorOf(parseJson(await response.text(MAX_ERROR_BYTES)), { name, status, retryAfterMs: waitMs });
}

/** The same for the body alone, which is also the last event of a stream that failed. */
export function errorOf(body: unknown, options: { name: string; status?: number; retryAfterMs?: number }): AppError {
  const parsed = openAiError.safeParse(body);
  const faas = parsed.success ? own.safeParse(parsed.data.error['faas']) : undefined;
  if (!parsed.success || !faas?.success) return errorFromBody(body, options);
  const { message, param } = parsed.data.error;
  const details = param === null ? {} : { details: { param } };
  return errorFromBody({ error: { code: faas.data.code, message, requestId: faas.data.requestId ?? '', ...details } }, options);
}

/** A proxy in between answers HTML: that must not hide the status. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
