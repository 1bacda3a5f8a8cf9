import { idOf, pageOf } from '@faas/api';
import { citation } from '@faas/rag-contract';
import * as z from 'zod';
import { agentReference } from './agent-name';
import { usage } from './chat';

export const runStatus = z.enum(['running', 'succeeded', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof runStatus>;

export const runError = z
  .object({
    code: z.string().describe('Code from docs/errors.md.'),
    message: z.string().describe('What went wrong, for a person.'),
    details: z.record(z.string(), z.unknown()).optional().describe('Facts for a program.'),
  })
  .meta({ id: 'RunError' });
export type RunError = z.infer<typeof runError>;

export const run = z
  .object({
    id: idOf('run').describe('Stable id.'),
    agentId: idOf('agt').describe('The agent that runs.'),
    threadId: idOf('thr').describe('The thread it answers in.'),
    status: runStatus.describe('`running` until one of the others, which never change again.'),
    model: z.string().nullable().describe('The model that answered; null before it did.'),
    message: z.string().nullable().describe('The answer; of a cancelled run what was written until then; else null.'),
    citations: z.array(citation).describe('Citations of the answer.'),
    usage,
    error: runError.nullable().describe('Why the run failed; null otherwise.'),
    createdAt: z.iso.datetime().describe('RFC 3339, UTC.'),
    finishedAt: z.iso.datetime().nullable().describe('RFC 3339, UTC; null while it is running.'),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof run>;

/** One line of a run's log, as the JSON list shows it. The stream sends `type` and `data` as a frame with `id`. */
export const runEvent = z
  .object({
    id: z.string().regex(/^[1-9]\d*$/).describe('Position in the log: 1, 2, 3 without gaps. Also the id of the frame.'),
    type: z.string().describe('Type of the event; readers ignore those they do not know.'),
    data: z.record(z.string(), z.unknown()).describe('Depends on the type.'),
    createdAt: z.iso.datetime().describe('RFC 3339, UTC.'),
  })
  .meta({ id: 'RunEvent' });
export type RunEvent = z.infer<typeof runEvent>;

export const runEventPage = pageOf(runEvent).meta({ id: 'RunEventPage' });

export const runParams = z.strictObject({ agent: agentReference, run: idOf('run').describe('Id of the run.') });
export type RunParams = z.infer<typeof runParams>;

const position = z
  .string()
  .regex(/^(0|[1-9]\d{0,8})$/, 'Expected the id of an event: a whole number.')
  .transform(Number);

export const runEventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('How many events at most; the stream has no limit.'),
  after: position.optional().describe('Id of the last event that the reader has. For the stream the header Last-Event-ID wins.'),
});
export type RunEventsQuery = z.infer<typeof runEventsQuery>;

/** What the header Last-Event-ID must be. */
export const lastEventId = position;
