import type { Job } from '@faas/rag-contract';
import type { DocumentEntity } from '../database/document.entity';
import type { JobEntity } from '../database/job.entity';

export function toJob(job: JobEntity, document: Pick<DocumentEntity, 'id'>): Job {
  const { id, version, status, done, total, error, createdAt, finishedAt } = job;
  return { id, documentId: document.id, version, status, progress: { done, total }, ...(error ? { error } : {}), createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}
