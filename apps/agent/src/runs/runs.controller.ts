import { Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { lastEventId, run, runEventPage, runEventsQuery, runParams, type RunEventsQuery, type RunParams } from '@faas/agent-contract';
import { Access, Answers, EventStream } from '@faas/bootstrap';
import { AppError } from '@faas/errors';
import { RunsService } from './runs.service';

@Controller()
export class RunsController {
  constructor(private readonly runs: RunsService) {}

  @Get(':agent/runs/:run')
  @Access('agents:use')
  @Answers(200, run, 'Read a run.')
  get(@Param({ schema: runParams }) { agent, run: id }: RunParams) {
    return this.runs.get(agent, id);
  }

  @Get(':agent/runs/:run/events')
  @Access('agents:use')
  @Answers(200, runEventPage, 'Read the log of a run. With `Accept: text/event-stream` it is replayed and then followed until the run ends.')
  async events(
    @Param({ schema: runParams }) { agent, run: id }: RunParams,
    @Query({ schema: runEventsQuery }) { after = 0, limit }: RunEventsQuery,
    @Headers('accept') accept: string | undefined,
    @Headers('last-event-id') lastSeen: string | undefined,
  ) {
    if (!accept?.includes('text/event-stream')) return this.runs.events(agent, id, { after, limit });
    const from = lastSeen === undefined ? after : parseLastEventId(lastSeen);
    return EventStream.native(await this.runs.follow(agent, id, from), { firstId: from + 1 });
  }

  @Post(':agent/runs/:run/cancel')
  @Access('agents:use')
  @Answers(202, run, 'Ask a run to stop; it does within a quarter of a second. One that has ended stays as it is.')
  cancel(@Param({ schema: runParams }) { agent, run: id }: RunParams) {
    return this.runs.cancel(agent, id);
  }
}

function parseLastEventId(text: string): number {
  const parsed = lastEventId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('CURSOR_INVALID', 'Last-Event-ID: expected the id of an event of this run, a whole number.');
}
