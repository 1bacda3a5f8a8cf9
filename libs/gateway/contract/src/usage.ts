import { pageOf } from '@faas/api';
import * as z from 'zod';

export const usageOutcomes = ['succeeded', 'failed', 'aborted'] as const;
export const usageOperations = ['chat', 'embeddings'] as const;
export const settlements = ['exact', 'estimated'] as const;

const tokens = z.int().min(0);

export const usageRecord = z
  .object({
    id: z.string().describe('Id of this record.'),
    createdAt: z.iso.datetime().describe('When the call ended.'),
    requestId: z.string().describe('Id of the request, as in its `x-request-id` header.'),
    subject: z.string().describe('Who called.'),
    keyId: z.string().nullable().describe('Key behind the call; null for tokens of other issuers.'),
    operation: z.enum(usageOperations).describe('What was asked for.'),
    model: z.string().describe('`provider/model` that was called.'),
    streamed: z.boolean().describe('Whether the answer was a stream.'),
    outcome: z.enum(usageOutcomes).describe('`aborted`: the caller went away or its time was over.'),
    errorCode: z.string().nullable().describe('Code of docs/errors.md when the call failed.'),
    tokens: z
      .object({
        input: tokens.describe('Input tokens that no prompt cache covers.'),
        cacheRead: tokens.describe('Input tokens read from the prompt cache.'),
        cacheWrite: tokens.describe('Input tokens written to the prompt cache.'),
        output: tokens.describe('Output tokens without reasoning.'),
        reasoning: tokens.describe('Output tokens spent on reasoning.'),
      })
      .describe('Disjoint classes: their sum is what the provider counted.'),
    costNanoUsd: z.int().nullable().describe('Cost in billionths of a US dollar; null when the price is unknown.'),
    settlement: z.enum(settlements).describe('`exact`: the provider reported the tokens. `estimated`: counted here from the text.'),
    attempts: z.int().describe('Calls to the provider, retries included.'),
    latencyMs: z.int().describe('Time until the answer was complete.'),
    timeToFirstTokenMs: z.int().nullable().describe('Time until the first output of a stream; null when there was none.'),
  })
  .meta({ id: 'UsageRecord' });
export type UsageRecord = z.infer<typeof usageRecord>;

export const usagePage = pageOf(usageRecord).meta({ id: 'UsagePage' });
