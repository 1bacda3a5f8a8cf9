import type { RunError, RunFrame, RunStatus } from '@faas/agent-contract';
import type { Citation } from '@faas/rag-contract';

/** A step of the journal that began or ended. Fields that are left out keep what is written. */
export interface StepChange {
  readonly key: string;
  readonly step: number;
  readonly kind: 'model' | 'tool';
  readonly state: 'started' | 'succeeded' | 'rejected' | 'failed';
  readonly input?: unknown;
  readonly output?: unknown;
}

/** What one transaction adds to a running run. */
export interface RunChange {
  readonly events: readonly RunFrame[];
  readonly steps: readonly StepChange[];
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The model that answered last. */
  readonly model?: string;
}

/** How a run ends. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running'>;
  readonly message: string | null;
  readonly citations: readonly Citation[];
  readonly error: RunError | null;
}

export const noChange: RunChange = { events: [], steps: [], modelCalls: 0, inputTokens: 0, outputTokens: 0 };
