import { Body, Controller, Delete, Get, HttpStatus, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { agent, agentInput, agentPage, agentParams, agentPatch, agentReplacement, type AgentInput, type AgentParams, type AgentPatch, type AgentReplacement } from '@faas/agent-contract';
import { pageQuery, type PageQuery } from '@faas/api';
import { Access, Answers, Idempotent } from '@faas/bootstrap';
import type { FastifyReply } from 'fastify';
import { AgentsService } from './agents.service';

@Controller()
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Post()
  @Access('agents:write')
  @Idempotent()
  @Answers(201, agent, 'Create an agent.')
  create(@Body({ schema: agentInput }) body: AgentInput) {
    return this.agents.create(body);
  }

  @Get()
  @Access('agents:use')
  @Answers(200, agentPage, 'List the agents, newest first.')
  list(@Query({ schema: pageQuery }) query: PageQuery) {
    return this.agents.list(query);
  }

  @Get(':agent')
  @Access('agents:use')
  @Answers(200, agent, 'Read an agent.')
  get(@Param({ schema: agentParams }) { agent: reference }: AgentParams) {
    return this.agents.get(reference);
  }

  @Put(':agent')
  @Access('agents:write')
  @Answers(200, agent, 'Replace an agent, or create one of this name: 201.')
  async put(@Param({ schema: agentParams }) { agent: reference }: AgentParams, @Body({ schema: agentReplacement }) body: AgentReplacement, @Res({ passthrough: true }) reply: FastifyReply) {
    const { agent: saved, created } = await this.agents.put(reference, body);
    if (created) void reply.status(HttpStatus.CREATED);
    return saved;
  }

  @Patch(':agent')
  @Access('agents:write')
  @Answers(200, agent, 'Change parts of an agent.')
  patch(@Param({ schema: agentParams }) { agent: reference }: AgentParams, @Body({ schema: agentPatch }) body: AgentPatch) {
    return this.agents.patch(reference, body);
  }

  @Delete(':agent')
  @Access('agents:write')
  @Answers(204, null, 'Delete an agent with its threads and runs.')
  delete(@Param({ schema: agentParams }) { agent: reference }: AgentParams) {
    return this.agents.delete(reference);
  }
}
