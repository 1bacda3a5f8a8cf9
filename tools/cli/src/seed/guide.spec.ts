import type { AgentDefinition } from '@faas/agent-client';
import type { Agent } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import { guideDefinition, seedGuide } from './guide';

class FakeAgents {
  stored?: Agent;

  async getAgent(): Promise<Agent> {
    if (!this.stored) throw new AppError('AGENT_NOT_FOUND', 'No agent.');
    return this.stored;
  }

  async putAgent(name: string, definition: AgentDefinition): Promise<Agent> {
    const now = new Date(0).toISOString();
    this.stored = { id: 'agt_0', name, model: null, limits: { maxSteps: 8, timeoutMs: 1_000 }, createdAt: now, updatedAt: now, instructions: definition.instructions, tools: definition.tools ?? [] };
    return this.stored;
  }
}

describe('seedGuide', () => {
  let agents: FakeAgents;
  beforeEach(() => {
    agents = new FakeAgents();
  });

  it('makes the guide once', async () => {
    const first = await seedGuide(agents, { removed: [] });
    expect(first.result).toBe('created');
    const second = await seedGuide(agents, first.record);
    expect(second.result).toBe('unchanged');
    expect(agents.stored?.instructions).toBe(guideDefinition.instructions);
  });

  it('does not bring back what a person deleted', async () => {
    const { record } = await seedGuide(agents, { removed: [] });
    agents.stored = undefined;
    expect((await seedGuide(agents, record)).result).toMatch(/deleted/);
    expect(agents.stored).toBeUndefined();
  });

  it('leaves what a person changed', async () => {
    const { record } = await seedGuide(agents, { removed: [] });
    agents.stored = { ...agents.stored!, instructions: 'Speak like a pirate.' };
    expect((await seedGuide(agents, record)).result).toBe('kept as changed by you');
    expect(agents.stored.instructions).toBe('Speak like a pirate.');
  });

  it('updates its own older version and keeps the model that a person chose', async () => {
    await agents.putAgent('guide', { ...guideDefinition, instructions: 'Old.' });
    const { record } = await seedGuide(agents, { removed: [] });
    expect(record.guide).toBeUndefined();
    await agents.putAgent('guide', guideDefinition);
    agents.stored = { ...agents.stored!, model: 'openai/gpt' };
    expect((await seedGuide(agents, record)).result).toBe('unchanged');
  });
});
