import type { AgentTool } from '@faas/agent-contract';
import type { ToolDescription } from './language-model.port';
import type { FoundPassage } from './passage-ledger';

export interface ToolResult {
  /** Facts for the model beside the passages: small, JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Evidence that the answer may cite, best first. The loop numbers it. */
  readonly passages?: readonly FoundPassage[];
}

/** What the model wrote, checked against the tool's schema, or why it cannot be executed. */
export type ParsedArguments =
  | { readonly valid: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly valid: false; readonly problem: string };

/**
 * Something an agent can do.
 *
 * Promise: `execute` gets only arguments that `parse` returned as valid. It must be free of effects or idempotent: a
 * model may repeat a call. Errors: AppError `REQUEST_INVALID` is told to the model, which may try again; every other
 * error ends the run. Deadline: the run's; ends soon after `signal` aborts.
 */
export abstract class Tool {
  abstract readonly description: ToolDescription;
  abstract parse(value: unknown): ParsedArguments;
  abstract execute(args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolResult>;
}

/** Makes the tools of one run from an agent's configuration. Pure: nothing is called before the model asks. */
export abstract class Toolbox {
  abstract open(configured: readonly AgentTool[]): readonly Tool[];
}
