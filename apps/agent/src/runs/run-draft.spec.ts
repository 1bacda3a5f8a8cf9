import type { LoopStep } from '../loop/loop-step';
import { RunDraft } from './run-draft';

const usage = { inputTokens: 3, outputTokens: 2 };
const finished: LoopStep = { type: 'model-call.finished', step: 1, model: 'a/b', usage, text: 'Let me look.', toolCalls: [{ id: 'call_1_1', name: 'search', arguments: '{}' }] };

describe('RunDraft', () => {
  it('wants intents on record before the effect, text soon, results with whatever comes next', () => {
    const draft = new RunDraft();
    expect(draft.add({ type: 'model-call.started', step: 1 })).toBe('before-next');
    expect(draft.add({ type: 'delta', text: 'Hi' })).toBe('soon');
    expect(draft.add(finished)).toBe('with-next');
    expect(draft.add({ type: 'tool-calls.started', step: 1, calls: [] })).toBe('before-next');
    expect(draft.add({ type: 'tool-calls.finished', step: 1, outcomes: [] })).toBe('with-next');
    expect(draft.add({ type: 'answered', text: 'Hi', passages: [] })).toBe('with-next');
  });

  it('joins pieces of text into one event and keeps the order of the log', () => {
    const draft = new RunDraft();
    for (const text of ['Let ', 'me ', 'look.']) draft.add({ type: 'delta', text });
    expect(draft.pieces).toBe(3);
    draft.add({ type: 'tool-calls.started', step: 1, calls: [{ callId: 'call_1_1', name: 'search', arguments: { query: 'q' } }] });
    draft.add({ type: 'delta', text: 'Found.' });
    expect(draft.take().events).toEqual([
      { event: 'delta', data: { text: 'Let me look.' } },
      { event: 'tool.started', data: { callId: 'call_1_1', name: 'search', arguments: { query: 'q' } } },
      { event: 'delta', data: { text: 'Found.' } },
    ]);
    expect(draft.take().events).toEqual([]);
  });

  it('counts usage once and changes each step once per writing', () => {
    const draft = new RunDraft();
    draft.add({ type: 'model-call.started', step: 1 });
    draft.add(finished);
    const change = draft.take();
    expect(change).toMatchObject({ modelCalls: 1, inputTokens: 3, outputTokens: 2, model: 'a/b', steps: [{ key: 'model_1', state: 'succeeded' }] });
    expect(draft.take()).toMatchObject({ modelCalls: 0, inputTokens: 0, steps: [] });
  });

  it('remembers a beginning that was written, to write its end', () => {
    const draft = new RunDraft();
    draft.add({ type: 'tool-calls.started', step: 1, calls: [{ callId: 'call_1_1', name: 'search', arguments: { query: 'q' } }] });
    expect(draft.take().steps).toMatchObject([{ key: 'call_1_1', state: 'started' }]);
    draft.add({ type: 'tool-calls.finished', step: 1, outcomes: [{ callId: 'call_1_1', status: 'succeeded', content: '{}' }] });
    expect(draft.take().steps).toMatchObject([{ key: 'call_1_1', state: 'succeeded', output: { content: '{}' } }]);
  });

  it('fails the steps that will not end', () => {
    const draft = new RunDraft();
    draft.add({ type: 'model-call.started', step: 1 });
    draft.take();
    draft.failOpenSteps();
    expect(draft.take().steps).toMatchObject([{ key: 'model_1', state: 'failed' }]);
  });

  it('knows what the model wrote in the turn under way, and only that', () => {
    const draft = new RunDraft();
    draft.add({ type: 'delta', text: 'Old.' });
    draft.add({ type: 'model-call.started', step: 2 });
    draft.add({ type: 'delta', text: 'New.' });
    expect(draft.turnText).toBe('New.');
  });
});
