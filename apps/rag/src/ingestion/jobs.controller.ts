import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers } from '@faas/bootstrap';
import { job as jobSchema, jobReference, type Job, type JobReference } from '@faas/rag-contract';
import { JobsService } from './jobs.service';

@ApiTags('Jobs')
@Controller('jobs/:job')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @Access('rag:read')
  @Answers(200, jobSchema, 'Get a job and its progress.')
  get(@Param({ schema: jobReference }) { job }: JobReference): Promise<Job> {
    return this.jobs.get(job);
  }

  @Post('cancel')
  @Access('rag:write')
  @Answers(200, jobSchema, 'Cancel a job; one that has ended stays as it is.')
  cancel(@Param({ schema: jobReference }) { job }: JobReference): Promise<Job> {
    return this.jobs.cancel(job);
  }
}
