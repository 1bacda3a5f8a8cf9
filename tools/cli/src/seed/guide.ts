import { createHash } from 'node:crypto';
import type { AgentClient, AgentDefinition } from '@faas/agent-client';
import type { Agent } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import type { SeedRecord } from './seed-record';

export const handbookName = 'handbook';
export const guideName = 'guide';

export const guideDefinition = {
  instructions: [
    'You explain this system to a developer who has just started it.',
    'Search the handbook before you answer, with the words of the question, and search again with other words when the passages do not fit.',
    'Answer in a few sentences and only from the passages found. Put the number of the passage in square brackets behind each statement, like [1].',
    'When the handbook has no answer, say so and name the page that comes closest.',
  ].join('\n'),
  tools: [{ type: 'retrieval', collection: handbookName }],
} satisfies AgentDefinition;

export type GuideResult = 'created' | 'updated' | 'unchanged' | 'kept as changed by you' | 'not restored, it was deleted';

/**
 * Brings the guide up to date, unless a person changed or deleted it.
 *
 * @returns what was done, and the record to keep.
 */
export async function seedGuide(agents: Pick<AgentClient, 'getAgent' | 'putAgent'>, record: SeedRecord): Promise<{ result: GuideResult; record: SeedRecord }> {
  const wanted = fingerprint(guideDefinition);
  const existing = await agents.getAgent(guideName).catch((error: unknown) => {
    if (AppError.hasCode(error, 'AGENT_NOT_FOUND')) return undefined;
    throw error;
  });
  if (!existing && record.guide !== undefined) return { result: 'not restored, it was deleted', record };
  if (existing && fingerprint(existing) === wanted) return { result: 'unchanged', record: { ...record, guide: wanted } };
  if (existing && fingerprint(existing) !== record.guide) return { result: 'kept as changed by you', record };
  await agents.putAgent(guideName, guideDefinition);
  return { result: existing ? 'updated' : 'created', record: { ...record, guide: wanted } };
}

/** What we set of an agent; the model is the person's choice. */
function fingerprint({ instructions, tools }: Pick<Agent, 'instructions' | 'tools'>): string {
  return createHash('sha256').update(JSON.stringify({ instructions, tools })).digest('hex');
}
