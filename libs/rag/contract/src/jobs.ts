import { idOf } from '@faas/api';
import * as z from 'zod';

export const jobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** States that never change again. */
export const finalJobStatuses: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];

export const job = z
  .object({
    id: idOf('job').describe('Id of the job.'),
    documentId: idOf('doc').describe('Document that is ingested.'),
    version: z.int().describe('Version that becomes searchable when the job succeeds.'),
    status: z.enum(jobStatuses).describe('`succeeded`, `failed` and `cancelled` are final.'),
    progress: z.object({
      done: z.int().describe('Chunks stored so far.'),
      total: z.int().describe('Chunks in all; 0 until the document is read.'),
    }),
    error: z.object({ code: z.string().describe('Code as in error answers.'), message: z.string().describe('What was wrong.') }).optional().describe('Why it failed.'),
    createdAt: z.iso.datetime().describe('When it was accepted.'),
    finishedAt: z.iso.datetime().nullable().describe('When it reached a final state.'),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof job>;

export const jobReference = z.object({ job: idOf('job').describe('Id of the job.') });
export type JobReference = z.infer<typeof jobReference>;
