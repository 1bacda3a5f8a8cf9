import { AppError } from '@faas/errors';
import type { ToolOutcome } from './loop-step';
import type { PassageLedger } from './passage-ledger';
import type { CheckedToolCall } from './tool-call';
import type { ToolResult } from './tool.port';

/** Calls of one turn that run; they run side by side. */
const MAX_CALLS = 8;
/** Characters of one result; about 6,000 tokens. */
const MAX_RESULT_CHARACTERS = 24_000;

type Settled = { readonly status: 'succeeded'; readonly result: ToolResult } | { readonly status: 'rejected' | 'failed'; readonly problem: string };

/**
 * Executes the calls of one turn side by side and returns their outcomes in the order of the calls, so that passages
 * are numbered the same way every time.
 *
 * @throws what the first call to end the run threw; the others are aborted and awaited first.
 */
export async function executeToolCalls(calls: readonly CheckedToolCall[], ledger: PassageLedger, signal: AbortSignal): Promise<ToolOutcome[]> {
  const siblings = new AbortController();
  const either = AbortSignal.any([signal, siblings.signal]);
  const failures: unknown[] = [];
  const settled = await Promise.all(
    calls.map((call, index) =>
      settle(call, index, either).catch((error: unknown) => {
        failures.push(error);
        siblings.abort(error);
        return undefined;
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return settled.flatMap((outcome, index) => {
    const callId = calls[index]?.call.id;
    return outcome && callId ? [{ callId, status: outcome.status, content: render(outcome, ledger) }] : [];
  });
}

async function settle(checked: CheckedToolCall, index: number, signal: AbortSignal): Promise<Settled> {
  if (!checked.accepted) return { status: 'rejected', problem: checked.problem };
  if (index >= MAX_CALLS) return { status: 'rejected', problem: `At most ${MAX_CALLS} calls run in one turn.` };
  try {
    const result = await checked.tool.execute(checked.arguments, signal);
    return { status: 'succeeded', result };
  } catch (error) {
    if (AppError.hasCode(error, 'REQUEST_INVALID')) return { status: 'failed', problem: error.message };
    throw error;
  }
}

function render(outcome: Settled, ledger: PassageLedger): string {
  if (outcome.status !== 'succeeded') return JSON.stringify({ error: outcome.problem });
  const passages = ledger.add(outcome.result.passages ?? [], MAX_RESULT_CHARACTERS);
  const shown = passages.map(({ number, title, headingPath, context, text }) => ({ number, title, headingPath, ...(context ? { context } : {}), text }));
  return JSON.stringify({ ...outcome.result.facts, ...(outcome.result.passages ? { passages: shown } : {}) });
}
