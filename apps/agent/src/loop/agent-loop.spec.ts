import { agentLimits } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import { runAgentLoop, type LoopTask } from './agent-loop';
import type { ModelChunk } from './language-model.port';
import { calls, end, says, ScriptedLanguageModel, type ScriptedTurn } from './language-models/scripted.adapter';
import type { LoopStep } from './loop-step';
import { passageOf } from './passage-fixture';
import { ConfiguredToolbox } from './tools/configured.adapter';
import type { PassageSearch } from './tools/retrieval.adapter';

const searchFinding = (...texts: string[]): PassageSearch & { queries: string[] } => {
  const queries: string[] = [];
  return {
    queries,
    search: async (_collection, { query }) => {
      queries.push(query);
      return { mode: 'lexical', exhaustive: true, passages: texts.map((text, index) => passageOf(text, index)) };
    },
  };
};

function task(search: PassageSearch, overrides: Partial<LoopTask> = {}): LoopTask {
  return {
    model: null,
    messages: [
      { role: 'system', content: 'Help.' },
      { role: 'user', content: 'Why?' },
    ],
    tools: new ConfiguredToolbox(search).open([{ type: 'retrieval', collection: 'handbook' }]),
    limits: agentLimits.parse({}),
    signal: new AbortController().signal,
    ...overrides,
  };
}

async function run(turns: ScriptedTurn[], loopTask: LoopTask) {
  const model = new ScriptedLanguageModel(turns);
  const steps: LoopStep[] = [];
  const finished = (async () => {
    for await (const step of runAgentLoop(model, loopTask)) steps.push(step);
  })();
  const error = await finished.then(() => undefined, (reason: unknown) => reason);
  return { model, steps, error, types: steps.map(({ type }) => type), lastRequest: () => model.requests.at(-1)! };
}

const toolContent = (steps: LoopStep[]) =>
  steps
    .flatMap((step) => (step.type === 'tool-calls.finished' ? step.outcomes : []))
    .map(({ status, content }) => ({ status, ...(JSON.parse(content) as { error?: string; passages?: { number: number }[] }) }));

describe('the agent loop', () => {
  it('answers in one step when the model asks for nothing', async () => {
    const { steps, types } = await run([says('Just because.')], task(searchFinding()));
    expect(types).toEqual(['model-call.started', 'delta', 'delta', 'model-call.finished', 'answered']);
    expect(steps.at(-1)).toEqual({ type: 'answered', text: 'Just because.', passages: [] });
  });

  it('executes a tool call and gives the numbered passages back to the model', async () => {
    const { steps, types, lastRequest } = await run([calls(['search_handbook', '{"query":"why"}']), says('So [1].')], task(searchFinding('One.', 'Two.')));
    expect(types.filter((type) => type !== 'delta')).toEqual([
      'model-call.started', 'model-call.finished', 'tool-calls.started', 'tool-calls.finished', 'model-call.started', 'model-call.finished', 'answered',
    ]);
    expect(lastRequest().messages.slice(-2)).toMatchObject([
      { role: 'assistant', toolCalls: [{ id: 'call_1_1', name: 'search_handbook' }] },
      { role: 'tool', callId: 'call_1_1' },
    ]);
    expect(toolContent(steps)).toMatchObject([{ status: 'succeeded', passages: [{ number: 1, text: 'One.' }, { number: 2, text: 'Two.' }] }]);
  });

  it('numbers passages through the run and lets a passage that is found again keep its number', async () => {
    const { steps } = await run(
      [calls(['search_handbook', '{"query":"a"}']), calls(['search_handbook', '{"query":"b"}']), says('x')],
      task({ search: async (_c, { query }) => ({ mode: 'lexical', exhaustive: true, passages: query === 'a' ? [passageOf('One.', 0)] : [passageOf('Two.', 1), passageOf('One.', 0)] }) }),
    );
    expect(toolContent(steps).map(({ passages }) => passages?.map(({ number }) => number))).toEqual([[1], [2, 1]]);
    expect(steps.at(-1)).toMatchObject({ passages: [{ number: 1, text: 'One.' }, { number: 2, text: 'Two.' }] });
  });

  it.each([
    ['text that is not JSON', '{"query": "why', /not valid JSON: \{"query": "why/],
    ['JSON that is no object', '["why"]', /expected object/i],
    ['a missing argument', '{}', /query/],
    ['an unknown argument', '{"query":"why","drop":true}', /drop/],
    ['endless arguments', `{"query":"${'x'.repeat(30_000)}"}`, /longer than/],
  ])('never executes a call with %s and tells the model why', async (_what, args, problem) => {
    const search = searchFinding('One.');
    const { steps, lastRequest } = await run([calls(['search_handbook', args]), says('I could not search.')], task(search));
    expect(search.queries).toEqual([]);
    expect(toolContent(steps)).toMatchObject([{ status: 'rejected', error: expect.stringMatching(problem) }]);
    const [echoed] = lastRequest().messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
    expect(echoed?.arguments).toBe('{}');
    expect(JSON.stringify(lastRequest().messages).length).toBeLessThan(2_500);
  });

  it('names the tools when the model calls one that does not exist', async () => {
    const { steps } = await run([calls(['rm_rf', '{}']), says('Sorry.')], task(searchFinding()));
    expect(toolContent(steps)).toMatchObject([{ status: 'rejected', error: expect.stringContaining('search_handbook') }]);
  });

  it('runs the calls of one turn side by side and refuses those over the limit', async () => {
    const search = searchFinding('One.');
    const many = Array.from({ length: 9 }, (_, index): [string, string] => ['search_handbook', `{"query":"q${index}"}`]);
    const { steps } = await run([calls(...many), says('x')], task(search));
    expect(search.queries).toHaveLength(8);
    expect(toolContent(steps).map(({ status }) => status)).toEqual([...Array.from({ length: 8 }, () => 'succeeded'), 'rejected']);
  });

  it('tells the model what the tool refuses and ends the run with every other failure', async () => {
    const failing = (code: 'REQUEST_INVALID' | 'SERVICE_UNAVAILABLE'): PassageSearch => ({ search: () => Promise.reject(new AppError(code, 'rag says no')) });
    const refused = await run([calls(['search_handbook', '{"query":"a"}']), says('x')], task(failing('REQUEST_INVALID')));
    expect(toolContent(refused.steps)).toEqual([{ status: 'failed', error: 'rag says no' }]);
    const down = await run([calls(['search_handbook', '{"query":"a"}']), says('x')], task(failing('SERVICE_UNAVAILABLE')));
    expect(down.error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('shows the tools in the last step but does not let the model call them', async () => {
    const { error, lastRequest } = await run([calls(['search_handbook', '{"query":"a"}'])], task(searchFinding(), { limits: agentLimits.parse({ maxSteps: 1 }) }));
    expect(lastRequest()).toMatchObject({ mayCallTools: false, tools: [{ name: 'search_handbook' }] });
    expect(error).toMatchObject({ code: 'RUN_LIMIT_REACHED', details: { limit: 'maxSteps' } });
  });

  it('stops before the call that would go over the tokens and caps the output to what is left', async () => {
    const limits = agentLimits.parse({ maxTokens: 15, maxOutputTokens: 100 });
    const { error, model } = await run([calls(['search_handbook', '{"query":"a"}']), says('x')], task(searchFinding(), { limits }));
    expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([15]);
    expect(error).toMatchObject({ code: 'RUN_LIMIT_REACHED', details: { limit: 'maxTokens' } });
  });

  it('stops a model that never stops', async () => {
    function* endless(): Iterable<ModelChunk> {
      for (;;) yield { type: 'text', text: 'x'.repeat(1_000) };
    }
    const { error } = await run([endless], task(searchFinding()));
    expect(error).toMatchObject({ code: 'RUN_LIMIT_REACHED' });
  });

  it('takes neither silence nor a broken stream for an answer', async () => {
    expect((await run([[end()]], task(searchFinding()))).error).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect((await run([[end({ truncated: true })]], task(searchFinding()))).error).toMatchObject({ code: 'RUN_LIMIT_REACHED' });
    expect((await run([[{ type: 'text', text: 'half' }]], task(searchFinding()))).error).toMatchObject({ code: 'MODEL_STREAM_BROKEN' });
  });

  it('throws the reason of its signal, also in the middle of an answer', async () => {
    const controller = new AbortController();
    function* interrupted(): Iterable<ModelChunk> {
      yield { type: 'text', text: 'Be' };
      controller.abort(new AppError('RUN_CANCELLED', 'Cancelled.'));
      yield { type: 'text', text: 'cause' };
    }
    const { error, steps } = await run([interrupted], task(searchFinding(), { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'RUN_CANCELLED' });
    expect(steps.filter(({ type }) => type === 'delta')).toEqual([{ type: 'delta', text: 'Be' }]);
  });
});
