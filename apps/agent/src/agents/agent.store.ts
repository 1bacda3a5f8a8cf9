import type { AgentInput } from '@faas/agent-contract';
import { newId, toPage, type Page, type PageQuery } from '@faas/api';
import { Database, pagedByCreation } from '@faas/database';
import { AppError } from '@faas/errors';
import { AgentEntity } from './agent.entity';

const COLUMNS = `id, name, instructions, model, tools, limits`;

/** Agents of a tenant. Everything happens inside the caller's transaction. */
export class AgentStore {
  constructor(private readonly database: Database) {}

  /** @throws AppError CONFLICT when the name is taken. */
  async insert(input: AgentInput): Promise<AgentEntity> {
    const id = newId('agt');
    const rows: unknown[] = await this.database.manager.query(
      `INSERT INTO agent.agents (${COLUMNS}) VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb) ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id`,
      [id, ...values(input)],
    );
    if (rows.length === 0) throw nameTaken(input.name);
    return this.get(id);
  }

  /** Creates the agent of this name, or replaces it whole; atomic also when many do so at once. */
  async upsert(input: AgentInput): Promise<{ agent: AgentEntity; created: boolean }> {
    const id = newId('agt');
    await this.database.manager.query(
      `INSERT INTO agent.agents (${COLUMNS}) VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb)
       ON CONFLICT (tenant_id, name) DO UPDATE
          SET instructions = excluded.instructions, model = excluded.model, tools = excluded.tools, limits = excluded.limits, updated_at = now()`,
      [id, ...values(input)],
    );
    const agent = await this.get(input.name);
    return { agent, created: agent.id === id };
  }

  /** @throws AppError CONFLICT when the new name is taken. */
  async update(id: string, input: AgentInput): Promise<AgentEntity> {
    // Waits for a concurrent writer of either name, so that the answer is a conflict and not a failure of the index.
    await this.database.manager.query(`SELECT id FROM agent.agents WHERE id = $1 OR name = $2 ORDER BY id FOR UPDATE`, [id, input.name]);
    const other = await this.database.manager.findOneBy(AgentEntity, { name: input.name });
    if (other && other.id !== id) throw nameTaken(input.name);
    await this.database.manager.query(
      `UPDATE agent.agents SET name = $2, instructions = $3, model = $4, tools = $5::jsonb, limits = $6::jsonb, updated_at = now() WHERE id = $1`,
      [id, ...values(input)],
    );
    return this.get(id);
  }

  /** @param reference id or name. @throws AppError AGENT_NOT_FOUND. */
  async get(reference: string): Promise<AgentEntity> {
    return found(await this.database.manager.findOneBy(AgentEntity, referredBy(reference)), reference);
  }

  /** As `get`, and nobody can delete it until the transaction ends: rows that belong to it can be made. */
  async hold(reference: string): Promise<AgentEntity> {
    return found(await this.database.manager.findOne(AgentEntity, { where: referredBy(reference), lock: { mode: 'for_key_share' } }), reference);
  }

  /** As `get`, and nobody can start a run of it or change it until the transaction ends. */
  async lock(reference: string): Promise<AgentEntity> {
    const { id } = await this.get(reference);
    await this.database.manager.query(`SELECT id FROM agent.agents WHERE id = $1 FOR UPDATE`, [id]);
    return this.get(id);
  }

  /** Newest first. @throws AppError CURSOR_INVALID. */
  async list(page: PageQuery): Promise<Page<AgentEntity>> {
    return toPage(await pagedByCreation(this.database.manager, AgentEntity, page), page.limit);
  }

  /** Deletes the agent with its threads and runs. */
  async delete(id: string): Promise<void> {
    await this.database.manager.delete(AgentEntity, { id });
  }
}

function referredBy(reference: string): { id: string } | { name: string } {
  return reference.includes('_') ? { id: reference } : { name: reference };
}

function found(agent: AgentEntity | null, reference: string): AgentEntity {
  if (!agent) throw new AppError('AGENT_NOT_FOUND', `There is no agent "${reference}".`);
  return agent;
}

function values({ name, instructions, model, tools, limits }: AgentInput): unknown[] {
  return [name, instructions, model, JSON.stringify(tools), JSON.stringify(limits)];
}

function nameTaken(name: string): AppError {
  return new AppError('CONFLICT', `An agent named "${name}" exists already. PUT replaces it.`, { details: { name } });
}
