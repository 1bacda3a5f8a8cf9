import type { Run, RunEvent } from '@faas/agent-contract';
import type { Page, StreamFrame } from '@faas/api';
import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import { AgentStore } from '../agents/agent.store';
import { ActiveRuns } from './active-runs';
import type { RunEntity } from './run.entity';
import { RunFeed } from './run-feed';
import { RunStore } from './run.store';

/** What happens, or happened, in a run. */
export class RunsService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentStore,
    private readonly runs: RunStore,
    private readonly feed: RunFeed,
    private readonly active: ActiveRuns,
  ) {}

  async get(agent: string, run: string): Promise<Run> {
    return toRun(await this.find(agent, run));
  }

  async events(agent: string, run: string, { after, limit }: { after: number; limit: number }): Promise<Page<RunEvent>> {
    const { id } = await this.findFrom(agent, run, after);
    const rows = await this.database.inTenant(() => this.runs.events(id, after, limit + 1));
    const data = rows.slice(0, limit).map(({ seq, type, data: fields, createdAt }) => ({ id: String(seq), type, data: fields, createdAt: createdAt.toISOString() }));
    return { data, hasMore: rows.length > limit, lastId: data.at(-1)?.id ?? null };
  }

  /** The frames after `after`, then those that are still to come. The request is checked before the first. */
  async follow(agent: string, run: string, after: number): Promise<AsyncIterable<StreamFrame>> {
    const { id } = await this.findFrom(agent, run, after);
    return this.feed.follow(id, after);
  }

  /** Asks the run to stop, wherever it runs. A run that has ended stays as it is. */
  async cancel(agent: string, run: string): Promise<Run> {
    const { id } = await this.find(agent, run);
    await this.database.inTenant(() => this.runs.requestCancel(id));
    this.active.cancel(id);
    return this.get(agent, run);
  }

  private find(agent: string, run: string): Promise<RunEntity> {
    return this.database.inTenant(async () => {
      const { id } = await this.agents.get(agent);
      return this.runs.get(id, run);
    });
  }

  private async findFrom(agent: string, run: string, after: number): Promise<RunEntity> {
    const found = await this.find(agent, run);
    if (after <= found.lastSeq) return found;
    throw new AppError('CURSOR_INVALID', `The run has ${found.lastSeq} events so far; there is none after ${after}.`);
  }
}

function toRun(run: RunEntity): Run {
  return {
    id: run.id,
    agentId: run.agentId,
    threadId: run.threadId,
    status: run.status,
    model: run.model,
    message: run.message,
    citations: run.citations,
    usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens, steps: run.steps },
    error: run.error,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
