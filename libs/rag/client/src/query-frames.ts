import { AppError } from '@faas/errors';
import type { ServerSentEvent } from '@faas/http-client';
import { citation, passage, queryAnswer, searchModes, type QueryFrame } from '@faas/rag-contract';
import * as z from 'zod';

const dataOf = {
  started: z.object({ mode: z.enum(searchModes), model: z.string().nullable() }),
  passages: z.object({ passages: z.array(passage) }),
  delta: z.object({ text: z.string() }),
  citation,
  done: queryAnswer,
} satisfies Record<QueryFrame['event'], z.ZodType>;

/** Undefined for a type this version does not know. @throws AppError UPSTREAM_FAILED for data that is not readable. */
export function queryFrameOf({ event, data }: ServerSentEvent, name: string): QueryFrame | undefined {
  if (!isKnown(event)) return undefined;
  const parsed = dataOf[event].safeParse(parseJson(data));
  if (parsed.success) return { event, data: parsed.data } as QueryFrame;
  throw new AppError('UPSTREAM_FAILED', `${name} sent a frame "${event}" that is not readable.`, { cause: parsed.error, retryable: false, details: { service: name, event } });
}

function isKnown(event: string | undefined): event is QueryFrame['event'] {
  return event !== undefined && Object.hasOwn(dataOf, event);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
