import { idOf } from '@faas/api';
import { citation } from '@faas/rag-contract';
import * as z from 'zod';
import { plainText } from './plain-text';

export const usage = z
  .object({
    inputTokens: z.int().min(0).describe('Tokens sent to the model, all steps together.'),
    outputTokens: z.int().min(0).describe('Tokens the model wrote, all steps together.'),
    steps: z.int().min(0).describe('Model calls.'),
  })
  .meta({ id: 'RunUsage' });
export type Usage = z.infer<typeof usage>;

export const chatInput = z
  .strictObject({
    message: plainText(32_000).describe('What the user says.'),
    threadId: idOf('thr').optional().describe('Continues this thread; without it a new one begins.'),
    stream: z.boolean().default(false).describe('true: answer as server-sent events.'),
  })
  .meta({ id: 'ChatInput' });
export type ChatInput = z.infer<typeof chatInput>;

/** The JSON answer, and the data of the event `run.finished`. */
export const chatAnswer = z
  .object({
    runId: idOf('run').describe('The run that answered.'),
    threadId: idOf('thr').describe('The thread that holds question and answer.'),
    status: z.enum(['succeeded', 'cancelled']).describe('`cancelled`: stopped on request; `message` holds what was written until then.'),
    message: z.string().describe('The answer. `[n]` refers to the citation with this number.'),
    citations: z.array(citation).describe('One for each marker that a passage of this run supports.'),
    model: z.string().nullable().describe('The model that answered; null when none was reached.'),
    usage,
  })
  .meta({ id: 'ChatAnswer' });
export type ChatAnswer = z.infer<typeof chatAnswer>;
