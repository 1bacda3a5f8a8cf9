import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@faas/errors';
import type { RagClient } from '@faas/rag-client';
import { finalJobStatuses, type Job } from '@faas/rag-contract';

const firstPollMs = 50;
const longestPollMs = 1_000;

export interface FinishedJobOptions {
  /** Milliseconds to wait in all. Default 10 minutes. */
  readonly deadlineMs?: number;
  readonly onProgress?: (progress: Job['progress']) => void;
}

/**
 * Waits until an ingestion job has succeeded.
 *
 * @throws AppError DOCUMENT_UNREADABLE with the job's own message when it failed or was cancelled, DEADLINE_EXCEEDED.
 */
export async function finishedJob(rag: RagClient, id: string, { deadlineMs = 600_000, onProgress }: FinishedJobOptions = {}): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (let waitMs = firstPollMs; Date.now() < end; waitMs = Math.min(waitMs * 1.5, longestPollMs)) {
    const job = await rag.getJob(id);
    onProgress?.(job.progress);
    if (job.status === 'succeeded') return;
    if (finalJobStatuses.includes(job.status)) throw new AppError('DOCUMENT_UNREADABLE', job.error ? `${job.error.message} (${job.error.code})` : `The job was ${job.status}.`);
    await sleep(waitMs);
  }
  throw new AppError('DEADLINE_EXCEEDED', `Job ${id} did not finish within ${deadlineMs / 1000} s; it goes on in the service.`, { retryable: false });
}
