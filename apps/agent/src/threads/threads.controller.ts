import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { agentParams, messagePage, thread, threadPage, threadParams, type AgentParams, type ThreadParams } from '@faas/agent-contract';
import { pageQuery, type PageQuery } from '@faas/api';
import { Access, Answers } from '@faas/bootstrap';
import { ThreadsService } from './threads.service';

@Controller()
export class ThreadsController {
  constructor(private readonly threads: ThreadsService) {}

  @Get(':agent/threads')
  @Access('agents:use')
  @Answers(200, threadPage, 'List the threads of an agent, newest first.')
  list(@Param({ schema: agentParams }) { agent }: AgentParams, @Query({ schema: pageQuery }) query: PageQuery) {
    return this.threads.list(agent, query);
  }

  @Get(':agent/threads/:thread')
  @Access('agents:use')
  @Answers(200, thread, 'Read a thread.')
  get(@Param({ schema: threadParams }) { agent, thread: id }: ThreadParams) {
    return this.threads.get(agent, id);
  }

  @Delete(':agent/threads/:thread')
  @Access('agents:use')
  @Answers(204, null, 'Delete a thread with its messages and runs.')
  delete(@Param({ schema: threadParams }) { agent, thread: id }: ThreadParams) {
    return this.threads.delete(agent, id);
  }

  @Get(':agent/threads/:thread/messages')
  @Access('agents:use')
  @Answers(200, messagePage, 'List the messages of a thread, newest first.')
  messages(@Param({ schema: threadParams }) { agent, thread: id }: ThreadParams, @Query({ schema: pageQuery }) query: PageQuery) {
    return this.threads.messagesOf(agent, id, query);
  }
}
