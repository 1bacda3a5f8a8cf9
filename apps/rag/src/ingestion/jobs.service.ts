import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Job } from '@faas/rag-contract';
import { DocumentStore } from '../documents/document.store';
import type { JobEntity } from '../database/job.entity';
import { JobStore } from './job.store';
import { toJob } from './to-job';

export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobStore,
    private readonly documents: DocumentStore,
  ) {}

  get(id: string): Promise<Job> {
    return this.database.inTenant(async () => this.shown(await this.jobs.get(id)));
  }

  /** Stops the work; the version before stays searchable. A job that has ended stays as it is. */
  cancel(id: string): Promise<Job> {
    return this.database.inTenant(async () => {
      const { documentKey } = await this.jobs.get(id);
      const document = await this.documents.lock(documentKey);
      const job = await this.jobs.lockOpen(id);
      if (job && document) {
        await this.jobs.end(job, 'cancelled');
        if (document.latestVersion === job.version) await this.documents.update(documentKey, { status: 'cancelled' });
      }
      return this.shown(await this.jobs.get(id));
    });
  }

  private async shown(job: JobEntity): Promise<Job> {
    const document = await this.documents.findByKey(job.documentKey);
    if (!document) throw new AppError('JOB_NOT_FOUND', `There is no job "${job.id}". Jobs end with their document.`);
    return toJob(job, document);
  }
}
