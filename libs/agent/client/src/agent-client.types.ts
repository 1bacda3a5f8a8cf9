import type { agentInput, agentPatch, agentReplacement, chatInput } from '@faas/agent-contract';
import type * as z from 'zod';

/** What a caller writes: fields with defaults may be left out. */
export type NewAgent = z.input<typeof agentInput>;
export type AgentDefinition = z.input<typeof agentReplacement>;
export type AgentChanges = z.input<typeof agentPatch>;
export type ChatMessage = Omit<z.input<typeof chatInput>, 'stream'>;

export interface CallOptions {
  /** Ends the call; the run goes on. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call. */
  readonly timeoutMs?: number;
  /** Makes a POST safe to repeat for 24 h. */
  readonly idempotencyKey?: string;
}

export interface ListOptions extends CallOptions {
  readonly limit?: number;
  /** `lastId` of the page before. */
  readonly after?: string;
}
