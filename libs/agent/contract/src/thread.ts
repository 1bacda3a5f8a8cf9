import { idOf, pageOf } from '@faas/api';
import { citation } from '@faas/rag-contract';
import * as z from 'zod';
import { agentReference } from './agent-name';

export const thread = z
  .object({
    id: idOf('thr').describe('Stable id.'),
    agentId: idOf('agt').describe('The agent it is held with.'),
    title: z.string().describe('The beginning of its first message.'),
    activeRunId: idOf('run').nullable().describe('The run that holds the thread now; null when the next message may come.'),
    createdAt: z.iso.datetime().describe('RFC 3339, UTC.'),
    updatedAt: z.iso.datetime().describe('Time of its last message; RFC 3339, UTC.'),
  })
  .meta({ id: 'Thread' });
export type Thread = z.infer<typeof thread>;

export const threadPage = pageOf(thread).meta({ id: 'ThreadPage' });

export const message = z
  .object({
    id: idOf('msg').describe('Stable id.'),
    threadId: idOf('thr').describe('The thread it stands in.'),
    runId: idOf('run').describe('The run that it started, or that wrote it.'),
    role: z.enum(['user', 'assistant']).describe('Who speaks.'),
    content: z.string().describe('The text; in an answer `[n]` refers to a citation.'),
    citations: z.array(citation).describe('Empty for the user.'),
    createdAt: z.iso.datetime().describe('RFC 3339, UTC.'),
  })
  .meta({ id: 'ThreadMessage' });
export type Message = z.infer<typeof message>;

export const messagePage = pageOf(message).meta({ id: 'ThreadMessagePage' });

export const threadParams = z.strictObject({ agent: agentReference, thread: idOf('thr').describe('Id of the thread.') });
export type ThreadParams = z.infer<typeof threadParams>;
