import { errorBody, idOf } from '@faas/api';
import { citation } from '@faas/rag-contract';
import * as z from 'zod';
import { chatAnswer } from './chat';

const frame = <Type extends string, Data extends z.ZodType>(event: Type, data: Data) => z.object({ event: z.literal(event), data });

export const runStartedFrame = frame(
  'run.started',
  z.object({
    runId: idOf('run').describe('The run; its log stays readable at runs/{run}/events.'),
    threadId: idOf('thr').describe('The thread to continue.'),
    model: z.string().nullable().describe('The model of the agent; null: the default of the gateway, named in `run.finished`.'),
  }),
);

/** Raw text as the model writes it; `run.finished` holds the answer with its markers checked. */
export const deltaFrame = frame('delta', z.object({ text: z.string().describe('The next piece of text.') }));

export const toolStartedFrame = frame(
  'tool.started',
  z.object({
    callId: z.string().describe('Names the call within the run.'),
    name: z.string().describe('The tool.'),
    arguments: z.record(z.string(), z.unknown()).describe('Checked arguments; empty when they were refused.'),
  }),
);

export const toolFinishedFrame = frame(
  'tool.finished',
  z.object({
    callId: z.string().describe('The call that ended.'),
    status: z.enum(['succeeded', 'rejected', 'failed']).describe('`rejected`: the arguments were wrong, nothing was executed, the model is told.'),
  }),
);

export const citationFrame = frame('citation', citation);
export const runFinishedFrame = frame('run.finished', chatAnswer);
export const errorFrame = frame('error', errorBody);

/** Every event of a run, in the order they occur: `run.started` first, `run.finished` or `error` last. */
export const runFrame = z.discriminatedUnion('event', [
  runStartedFrame,
  deltaFrame,
  toolStartedFrame,
  toolFinishedFrame,
  citationFrame,
  runFinishedFrame,
  errorFrame,
]);
export type RunFrame = z.infer<typeof runFrame>;
export type RunFrameType = RunFrame['event'];

const terminalFrames: ReadonlySet<string> = new Set<RunFrameType>(['run.finished', 'error']);

/** Whether nothing follows an event of this type. */
export function endsRun(type: string): boolean {
  return terminalFrames.has(type);
}
