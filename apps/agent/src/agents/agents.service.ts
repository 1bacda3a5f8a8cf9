import type { Agent, AgentInput, AgentPatch, AgentReplacement, AgentTool } from '@faas/agent-contract';
import { agentName } from '@faas/agent-contract';
import type { Page, PageQuery } from '@faas/api';
import { Database } from '@faas/database';
import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { RunStore } from '../runs/run.store';
import type { AgentEntity } from './agent.entity';
import { AgentStore } from './agent.store';
import { CollectionDirectory } from './collection-directory.port';

/** Who can be talked to. */
export class AgentsService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentStore,
    private readonly runs: RunStore,
    private readonly collections: CollectionDirectory,
    private readonly logger: Logger,
  ) {}

  async create(input: AgentInput): Promise<Agent> {
    await this.requireCollections(input.tools);
    return toAgent(await this.database.inTenant(() => this.agents.insert(input)));
  }

  list(page: PageQuery): Promise<Page<Agent>> {
    return this.database.inTenant(async () => {
      const { data, ...rest } = await this.agents.list(page);
      return { ...rest, data: data.map(toAgent) };
    });
  }

  get(reference: string): Promise<Agent> {
    return this.database.inTenant(async () => toAgent(await this.agents.get(reference)));
  }

  /** Creates or replaces. An id must exist; a name may be new. */
  async put(reference: string, { name = reference, ...rest }: AgentReplacement): Promise<{ agent: Agent; created: boolean }> {
    if (reference.includes('_')) {
      const known = await this.get(reference);
      requireSameName(known.name, name === reference ? known.name : name);
      return { agent: await this.replace(known, { ...rest, name: known.name }), created: false };
    }
    requireSameName(reference, name);
    const parsed = agentName.safeParse(reference);
    if (!parsed.success) throw new AppError('REQUEST_INVALID', parsed.error.issues[0]?.message ?? 'The name cannot be used.', { details: { issues: [{ path: 'agent', message: parsed.error.issues[0]?.message }] } });
    await this.requireCollections(rest.tools);
    const { agent, created } = await this.database.inTenant(() => this.agents.upsert({ ...rest, name }));
    return { agent: toAgent(agent), created };
  }

  async patch(reference: string, patch: AgentPatch): Promise<Agent> {
    if (patch.tools) await this.requireCollections(patch.tools);
    return this.database.inTenant(async () => {
      const agent = await this.agents.lock(reference);
      return toAgent(await this.agents.update(agent.id, { ...agent, ...patch }));
    });
  }

  /** @throws AppError THREAD_BUSY while the agent is answering. */
  delete(reference: string): Promise<void> {
    return this.database.inTenant(async () => {
      const { id, name } = await this.agents.lock(reference);
      if (await this.runs.hasRunning(id)) throw new AppError('THREAD_BUSY', `The agent "${name}" is answering. Wait until its runs end, or cancel them.`, { retryAfterMs: 1_000 });
      await this.agents.delete(id);
    });
  }

  private async replace(known: Agent, input: AgentInput): Promise<Agent> {
    await this.requireCollections(input.tools);
    return toAgent(await this.database.inTenant(() => this.agents.update(known.id, input)));
  }

  /**
   * A typing error should be found when the agent is made, not by its first user. Without the rag service nobody can
   * tell; the search will, and no neighbour is needed to manage agents.
   */
  private async requireCollections(tools: readonly AgentTool[]): Promise<void> {
    for (const { collection } of tools) {
      try {
        await this.collections.require(collection);
      } catch (error) {
        if (AppError.hasCode(error, 'COLLECTION_NOT_FOUND') || !AppError.is(error) || !error.retryable) throw error;
        this.logger.warn('collection.not-checked', { collection, code: error.code });
      }
    }
  }
}

function requireSameName(name: string, repeated: string): void {
  if (repeated === name) return;
  throw new AppError('REQUEST_INVALID', `The path names the agent "${name}", the body "${repeated}". PATCH renames an agent.`, { details: { issues: [{ path: 'name', message: 'differs from the path' }] } });
}

function toAgent({ createdAt, updatedAt, ...agent }: AgentEntity): Agent {
  return { ...agent, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
