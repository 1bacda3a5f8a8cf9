import { keySetVariables } from '@faas/auth';
import { commonVariables, networkVariables } from '@faas/config';
import * as z from 'zod';

/** Every variable the agent service reads. */
export const agentConfig = z.object({
  ...commonVariables,
  ...networkVariables,
  ...keySetVariables,
  SERVICE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('Port of the HTTP server; 0 takes a free one.'),
  AGENT_HISTORY_CHARACTERS: z.coerce.number().int().min(1_000).max(2_000_000).default(60_000).describe('Characters of a thread that a run begins with; older turns are left out.'),
});

export type AgentConfig = z.infer<typeof agentConfig>;
