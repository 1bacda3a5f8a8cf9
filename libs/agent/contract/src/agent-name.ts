import { idOrName, resourceName } from '@faas/api';

/** Segments below `/api/v1/agents` that are, or may become, routes of their own. */
export const reservedAgentNames = [
  'v1', 'v1beta', 'v2', 'threads', 'runs', 'tools', 'schedules', 'approvals', 'memories', 'mcp', 'health', 'ready', 'docs',
] as const;

const reserved: ReadonlySet<string> = new Set(reservedAgentNames);

export const agentName = resourceName
  .refine((name) => !reserved.has(name), { error: ({ input }) => `The name "${String(input)}" is reserved for a route. Choose another.` })
  .describe('Unique within the tenant; accepted wherever the id is.');

/** A path parameter: the id or the name of an agent. */
export const agentReference = idOrName('agt').describe('Id or name of the agent.');
