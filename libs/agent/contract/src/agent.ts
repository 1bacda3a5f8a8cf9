import { idOf, idOrName, pageOf } from '@faas/api';
import * as z from 'zod';
import { agentName, agentReference } from './agent-name';
import { plainText } from './plain-text';

export const retrievalTool = z
  .strictObject({
    type: z.literal('retrieval').describe('Searches one collection; the passages it finds can be cited.'),
    collection: idOrName('col').describe('Id or name of the collection.'),
  })
  .meta({ id: 'RetrievalTool' });
export type RetrievalTool = z.infer<typeof retrievalTool>;

/** What an agent can do besides answering. New tool types join this union. */
export const agentTool = z.discriminatedUnion('type', [retrievalTool]);
export type AgentTool = z.infer<typeof agentTool>;

export const agentLimits = z
  .strictObject({
    maxSteps: z.int().min(1).max(50).default(8).describe('Model calls of one run; the last one must answer without tools.'),
    maxTokens: z.int().min(1).max(10_000_000).optional().describe('Input and output tokens of one run, all model calls together.'),
    maxOutputTokens: z.int().min(1).max(200_000).optional().describe('Output tokens of one model call.'),
    timeoutMs: z.int().min(1_000).max(840_000).default(120_000).describe('Milliseconds after which a run is stopped.'),
  })
  .meta({ id: 'AgentLimits' });
export type AgentLimits = z.infer<typeof agentLimits>;

const fields = {
  instructions: plainText(20_000).describe('What the agent is and how it answers; the system prompt.'),
  model: plainText(200).nullable().describe('`provider/model`; null takes the default model of the gateway.'),
  tools: z
    .array(agentTool)
    .max(8)
    .refine((tools) => new Set(tools.map(({ collection }) => collection)).size === tools.length, 'Each collection may be listed once.')
    .describe('What the agent may use, at most 8.'),
};

/** Body of POST: everything a new agent is. */
export const agentInput = z
  .strictObject({
    name: agentName,
    instructions: fields.instructions,
    model: fields.model.default(null),
    tools: fields.tools.default([]),
    limits: agentLimits.prefault({}).describe('Bounds of every run.'),
  })
  .meta({ id: 'AgentInput' });
export type AgentInput = z.infer<typeof agentInput>;

/** Body of PUT: creates the agent that the path names, or replaces it whole. The name may be repeated, not changed. */
export const agentReplacement = agentInput.extend({ name: agentName.optional() }).meta({ id: 'AgentReplacement' });
export type AgentReplacement = z.infer<typeof agentReplacement>;

/** Body of PATCH: what is present is replaced; `limits` as a whole. */
export const agentPatch = z
  .strictObject({
    name: agentName.optional(),
    instructions: fields.instructions.optional(),
    model: fields.model.optional(),
    tools: fields.tools.optional(),
    limits: agentLimits.optional().describe('Replaces all limits.'),
  })
  .meta({ id: 'AgentPatch' });
export type AgentPatch = z.infer<typeof agentPatch>;

export const agent = z
  .object({
    id: idOf('agt').describe('Stable id.'),
    name: z.string().describe('Name, unique within the tenant.'),
    instructions: z.string().describe('What the agent is and how it answers.'),
    model: z.string().nullable().describe('Model, or null for the default of the gateway.'),
    tools: z.array(agentTool).describe('What the agent may use.'),
    limits: agentLimits,
    createdAt: z.iso.datetime().describe('RFC 3339, UTC.'),
    updatedAt: z.iso.datetime().describe('RFC 3339, UTC.'),
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof agent>;

export const agentPage = pageOf(agent).meta({ id: 'AgentPage' });

export const agentParams = z.strictObject({ agent: agentReference });
export type AgentParams = z.infer<typeof agentParams>;
