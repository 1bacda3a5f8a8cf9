import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { JobStatus } from '@faas/rag-contract';
import { In } from 'typeorm';
import { JobEntity } from '../database/job.entity';

const OPEN: JobStatus[] = ['queued', 'running'];

/** Ingestion jobs. Every method joins the caller's transaction or opens one. */
export class JobStore {
  constructor(private readonly database: Database) {}

  create(id: string, documentKey: number, version: number): Promise<JobEntity> {
    return this.database.inTenant(async () => {
      await this.database.manager.insert(JobEntity, { id, documentKey, version, status: 'queued' });
      return this.get(id);
    });
  }

  find(id: string): Promise<JobEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOneBy(JobEntity, { id }));
  }

  /** @throws AppError JOB_NOT_FOUND */
  async get(id: string): Promise<JobEntity> {
    const job = await this.find(id);
    if (!job) throw new AppError('JOB_NOT_FOUND', `There is no job "${id}". Jobs end with their document.`);
    return job;
  }

  newestOf(documentKey: number): Promise<JobEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOne(JobEntity, { where: { documentKey }, order: { version: 'DESC' } }));
  }

  /** Locks the job until the transaction ends. Null when it is gone or in a final state. */
  lockOpen(id: string): Promise<JobEntity | null> {
    return this.database.inTenant(() => this.database.manager.findOne(JobEntity, { where: { id, status: In(OPEN) }, lock: { mode: 'pessimistic_write' } }));
  }

  async update(id: string, fields: Partial<Pick<JobEntity, 'status' | 'done' | 'total'>>): Promise<void> {
    await this.database.inTenant(() => this.database.manager.update(JobEntity, { id }, fields));
  }

  /** Ends a job in a final state, and what it had put into the index of a version that will not become visible. */
  async end(job: JobEntity, status: 'succeeded' | 'failed' | 'cancelled', error: JobEntity['error'] = null): Promise<void> {
    await this.database.inTenant(async () => {
      await this.database.manager.update(JobEntity, { id: job.id }, { status, error, finishedAt: () => 'clock_timestamp()' });
      if (status !== 'succeeded') await this.database.manager.query('DELETE FROM rag.chunk WHERE document_key = $1 AND version = $2', [job.documentKey, job.version]);
    });
  }

  /** A newer upload takes the place of those that are still being worked on. */
  async supersede(documentKey: number): Promise<void> {
    await this.database.inTenant(async () => {
      const open = await this.database.manager.find(JobEntity, { where: { documentKey, status: In(OPEN) }, lock: { mode: 'pessimistic_write' } });
      for (const job of open) await this.end(job, 'cancelled');
    });
  }
}
