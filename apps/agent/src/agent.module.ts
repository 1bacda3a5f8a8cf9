import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import type { Database, Outbox, OutboxRelay, WorkQueue } from '@faas/database';
import type { Logger } from '@faas/logging';
import type { AgentConfig } from './agent.config';
import { AgentStore } from './agents/agent.store';
import { AgentsController } from './agents/agents.controller';
import { AgentsService } from './agents/agents.service';
import { RagCollectionDirectory } from './agents/collection-directories/rag.adapter';
import { ChatController } from './chat/chat.controller';
import { ChatService } from './chat/chat.service';
import { GatewayLanguageModel } from './loop/language-models/gateway.adapter';
import { ConfiguredToolbox } from './loop/tools/configured.adapter';
import type { Neighbours } from './neighbours';
import { ActiveRuns } from './runs/active-runs';
import { InterruptedRunHandler } from './runs/interrupted-run.handler';
import { RunCloser } from './runs/run-closer';
import { RunEventsHub } from './runs/run-events.hub';
import { RunExecutor } from './runs/run-executor';
import { RunFeed } from './runs/run-feed';
import { RunStore } from './runs/run.store';
import { RunsController } from './runs/runs.controller';
import { RunsService } from './runs/runs.service';
import { MessageStore } from './threads/message.store';
import { ThreadStore } from './threads/thread.store';
import { ThreadsController } from './threads/threads.controller';
import { ThreadsService } from './threads/threads.service';

export interface AgentParts {
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly database: Database;
  readonly queue: WorkQueue;
  readonly outbox: Outbox;
  readonly relay: OutboxRelay;
  readonly neighbours: Neighbours;
}

export interface WiredAgent {
  readonly module: DynamicModule;
  readonly interruptedRuns: InterruptedRunHandler;
}

/** Which adapter fills which port; plain constructor arguments, so that everything can be made in a test as well. */
export function wireAgent({ config, logger, database, queue, outbox, relay, neighbours }: AgentParts): WiredAgent {
  const agents = new AgentStore(database);
  const threads = new ThreadStore(database);
  const messages = new MessageStore(database);
  const runs = new RunStore(database);
  const hub = new RunEventsHub();
  const feed = new RunFeed(database, runs, hub);
  const activeRuns = new ActiveRuns(database, queue, runs, logger);
  const closer = new RunCloser(database, runs, threads, messages, queue, outbox, hub, relay);
  const languageModel = new GatewayLanguageModel(neighbours.gateway);
  const toolbox = new ConfiguredToolbox(neighbours.rag);
  const executor = new RunExecutor(languageModel, toolbox, database, runs, activeRuns, closer, hub, logger, { historyCharacters: config.AGENT_HISTORY_CHARACTERS });

  const providers: Provider[] = [
    { provide: ActiveRuns, useValue: activeRuns },
    { provide: AgentsService, useValue: new AgentsService(database, agents, runs, new RagCollectionDirectory(neighbours.rag), logger) },
    { provide: ThreadsService, useValue: new ThreadsService(database, agents, threads, messages) },
    { provide: RunsService, useValue: new RunsService(database, agents, runs, feed, activeRuns) },
    { provide: ChatService, useValue: new ChatService(database, agents, threads, messages, runs, queue, executor, feed) },
  ];
  return {
    module: { module: AgentModule, controllers: [AgentsController, ChatController, ThreadsController, RunsController], providers },
    interruptedRuns: new InterruptedRunHandler(database, queue, runs, closer, logger),
  };
}

@Module({})
export class AgentModule implements OnModuleDestroy {
  constructor(private readonly activeRuns: ActiveRuns) {}

  /** Before the server closes: it waits for open requests, and those wait for their runs. */
  onModuleDestroy(): Promise<void> {
    return this.activeRuns.stop();
  }
}
