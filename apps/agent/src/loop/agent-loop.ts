import type { AgentLimits } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import type { LanguageModel, ModelChunk, ModelMessage } from './language-model.port';
import type { LoopStep, StartedToolCall } from './loop-step';
import { PassageLedger } from './passage-ledger';
import { repairToolCalls } from './repair-tool-calls';
import { checkToolCall, type CheckedToolCall } from './tool-call';
import type { Tool } from './tool.port';
import { executeToolCalls } from './tool-execution';

/** A model that never stops must not fill the memory. */
const MAX_ANSWER_CHARACTERS = 200_000;

export interface LoopTask {
  readonly model: string | null;
  /** Instructions, earlier turns, the question last. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly Tool[];
  readonly limits: AgentLimits;
  /** Ends the run; its reason is the error that the loop throws. */
  readonly signal: AbortSignal;
}

type ModelTurn = Extract<ModelChunk, { type: 'end' }> & { readonly text: string };

/**
 * Lets the model answer, executes the tools it asks for, and repeats until it answers without asking. Holds nothing but
 * this run's messages; writes nothing down itself.
 *
 * @throws AppError RUN_LIMIT_REACHED, what `signal` was aborted with, and what model and tools throw.
 */
export async function* runAgentLoop(languageModel: LanguageModel, task: LoopTask): AsyncGenerator<LoopStep> {
  const { limits, tools, signal } = task;
  const messages = [...task.messages];
  const ledger = new PassageLedger();
  let tokens = 0;

  for (let step = 1; step <= limits.maxSteps; step++) {
    signal.throwIfAborted();
    const tokensLeft = limits.maxTokens === undefined ? undefined : limits.maxTokens - tokens;
    if (tokensLeft !== undefined && tokensLeft <= 0) throw limitReached('maxTokens', `The run used its ${limits.maxTokens} tokens before it had an answer.`);

    yield { type: 'model-call.started', step };
    const isLast = step === limits.maxSteps;
    const turn = yield* askModel(languageModel, {
      model: task.model,
      messages: repairToolCalls(messages),
      tools: tools.map(({ description }) => description),
      mayCallTools: tools.length > 0 && !isLast,
      maxOutputTokens: least(limits.maxOutputTokens, tokensLeft),
      signal,
    });
    tokens += turn.usage.inputTokens + turn.usage.outputTokens;
    // Models reuse ids between turns; a run's log and every provider need unique ones.
    const calls = turn.toolCalls.map((call, index) => checkToolCall(tools, { ...call, id: `call_${step}_${index + 1}` }));
    yield { type: 'model-call.finished', step, model: turn.model, usage: turn.usage, text: turn.text, toolCalls: calls.map(({ call }) => call) };

    if (calls.length === 0 || isLast) {
      yield { type: 'answered', text: requireText(turn, isLast), passages: ledger.passages };
      return;
    }
    messages.push({ role: 'assistant', content: turn.text, toolCalls: calls.map(({ call }) => call) });
    yield { type: 'tool-calls.started', step, calls: calls.map(toStarted) };
    const outcomes = await executeToolCalls(calls, ledger, signal);
    for (const { callId, content } of outcomes) messages.push({ role: 'tool', callId, content });
    yield { type: 'tool-calls.finished', step, outcomes };
  }
}

async function* askModel(languageModel: LanguageModel, request: Parameters<LanguageModel['stream']>[0]): AsyncGenerator<LoopStep, ModelTurn> {
  let text = '';
  for await (const chunk of languageModel.stream(request)) {
    request.signal.throwIfAborted();
    if (chunk.type === 'end') return { ...chunk, text };
    text += chunk.text;
    if (text.length > MAX_ANSWER_CHARACTERS) throw limitReached('answer', `The answer is longer than ${MAX_ANSWER_CHARACTERS} characters.`);
    if (chunk.text !== '') yield { type: 'delta', text: chunk.text };
  }
  throw new AppError('MODEL_STREAM_BROKEN', "The model's answer ended before its end.");
}

function toStarted(checked: CheckedToolCall): StartedToolCall {
  return { callId: checked.call.id, name: checked.call.name, arguments: checked.accepted ? checked.arguments : {} };
}

/** Success needs proof: a turn without a word is not an answer. */
function requireText(turn: ModelTurn, isLast: boolean): string {
  if (turn.text.trim() !== '') return turn.text;
  if (isLast && turn.toolCalls.length > 0) throw limitReached('maxSteps', 'The run used all its steps and the model still asks for tools.');
  if (turn.truncated) throw limitReached('maxOutputTokens', 'The model used all its output tokens before it wrote an answer.');
  throw new AppError('UPSTREAM_FAILED', `The model ${turn.model} answered with neither text nor a tool call.`);
}

function limitReached(limit: string, message: string): AppError {
  return new AppError('RUN_LIMIT_REACHED', message, { details: { limit } });
}

function least(...bounds: (number | undefined)[]): number | undefined {
  const set = bounds.filter((bound): bound is number => bound !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}
