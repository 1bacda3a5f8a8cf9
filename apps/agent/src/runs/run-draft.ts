import type { RunFrame, Usage } from '@faas/agent-contract';
import type { LoopStep } from '../loop/loop-step';
import type { RunChange, StepChange } from './run-change';

/** Whether a step must be on record before the loop goes on, soon, or with the next one. */
export type Urgency = 'before-next' | 'soon' | 'with-next';

/** Collects what a run did since it was last written down. Pure: knows no database and no clock. */
export class RunDraft {
  /** What the model has written in the turn that is under way. */
  turnText = '';
  private text = '';
  private events: RunFrame[] = [];
  private steps: StepChange[] = [];
  private usage: Usage = { inputTokens: 0, outputTokens: 0, steps: 0 };
  private model: string | undefined;
  private readonly open = new Map<string, StepChange>();
  /** Pieces of text that wait. */
  pieces = 0;

  add(step: LoopStep): Urgency {
    switch (step.type) {
      case 'delta':
        this.text += step.text;
        this.turnText += step.text;
        this.pieces++;
        return 'soon';
      case 'model-call.started':
        this.turnText = '';
        this.begin({ key: `model_${step.step}`, step: step.step, kind: 'model', state: 'started' });
        return 'before-next';
      case 'model-call.finished':
        this.finish(`model_${step.step}`, 'succeeded', { text: step.text, toolCalls: step.toolCalls, model: step.model, usage: step.usage });
        this.usage = { inputTokens: this.usage.inputTokens + step.usage.inputTokens, outputTokens: this.usage.outputTokens + step.usage.outputTokens, steps: this.usage.steps + 1 };
        this.model = step.model;
        return 'with-next';
      case 'tool-calls.started':
        for (const { callId, name, arguments: input } of step.calls) {
          this.begin({ key: callId, step: step.step, kind: 'tool', state: 'started', input: { name, arguments: input } });
          this.log({ event: 'tool.started', data: { callId, name, arguments: input } });
        }
        return 'before-next';
      case 'tool-calls.finished':
        for (const { callId, status, content } of step.outcomes) {
          this.finish(callId, status, { content });
          this.log({ event: 'tool.finished', data: { callId, status } });
        }
        return 'with-next';
      case 'answered':
        return 'with-next';
    }
  }

  /** Steps that began and will not end were not successful. */
  failOpenSteps(): void {
    for (const key of [...this.open.keys()]) this.finish(key, 'failed', null);
  }

  /** Everything since the last call, and starts anew. */
  take(): RunChange {
    this.logText();
    const { events, steps, usage, model } = this;
    this.events = [];
    this.steps = [];
    this.usage = { inputTokens: 0, outputTokens: 0, steps: 0 };
    return { events, steps, modelCalls: usage.steps, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, model };
  }

  private begin(step: StepChange): void {
    this.open.set(step.key, step);
    this.steps.push(step);
  }

  /** Replaces a beginning that was not written yet: one row is changed once per statement. */
  private finish(key: string, state: StepChange['state'], output: unknown): void {
    const step = this.open.get(key);
    if (!step) return;
    this.open.delete(key);
    this.steps = [...this.steps.filter((waiting) => waiting.key !== key), { ...step, state, output }];
  }

  private log(frame: RunFrame): void {
    this.logText();
    this.events.push(frame);
  }

  private logText(): void {
    if (this.text !== '') this.events.push({ event: 'delta', data: { text: this.text } });
    this.text = '';
    this.pieces = 0;
  }
}
