import type { ClaimedWork } from '@faas/database';

/** The right to write a run: whoever holds the newest lease on its work item. */
export interface RunClaim {
  readonly runId: string;
  readonly threadId: string;
  readonly agentId: string;
  readonly work: ClaimedWork;
}

/** Kind of the work items behind runs. */
export const RUN_WORK = 'agent.run';
