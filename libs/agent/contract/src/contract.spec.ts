import { newId } from '@faas/api';
import { agentInput, agentPatch, agentReference, agentReplacement, chatInput, endsRun, reservedAgentNames, runFrame } from './index';

const input = { name: 'guide', instructions: 'Help.' };

describe('an agent', () => {
  it('gets defaults for everything but name and instructions', () => {
    expect(agentInput.parse(input)).toEqual({ ...input, model: null, tools: [], limits: { maxSteps: 8, timeoutMs: 120_000 } });
  });

  it.each(reservedAgentNames)('is never called "%s", a segment of a route', (name) => {
    const result = agentInput.safeParse({ ...input, name });
    expect(result.error?.issues).toEqual([expect.objectContaining({ path: ['name'], message: expect.stringContaining(name) })]);
  });

  it.each([
    ['an unknown field', { ...input, prompt: 'x' }],
    ['blank instructions', { ...input, instructions: ' ' }],
    ['an unknown tool', { ...input, tools: [{ type: 'shell' }] }],
    ['the same collection twice', { ...input, tools: [{ type: 'retrieval', collection: 'a' }, { type: 'retrieval', collection: 'a' }] }],
    ['no step at all', { ...input, limits: { maxSteps: 0 } }],
    ['a name with an underscore', { ...input, name: 'my_agent' }],
  ])('is refused with %s', (_what, body) => {
    expect(agentInput.safeParse(body).success).toBe(false);
    expect(agentReplacement.safeParse(body).success).toBe(false);
  });

  it('is patched field by field, without defaults', () => {
    expect(agentPatch.parse({ model: 'a/b' })).toEqual({ model: 'a/b' });
  });

  it('is named by id or name', () => {
    expect(agentReference.safeParse(newId('agt')).success).toBe(true);
    expect(agentReference.safeParse(newId('run')).success).toBe(false);
  });
});

describe('a chat', () => {
  it('needs words', () => {
    expect(chatInput.parse({ message: 'Hi' })).toEqual({ message: 'Hi', stream: false });
    expect(chatInput.safeParse({ message: ' \n' }).success).toBe(false);
    expect(chatInput.safeParse({ message: 'x'.repeat(32_001) }).success).toBe(false);
  });

  it('streams frames of which the last is known by its type', () => {
    expect(runFrame.safeParse({ event: 'delta', data: { text: 'a' } }).success).toBe(true);
    expect(['run.started', 'delta', 'run.finished', 'error'].map(endsRun)).toEqual([false, false, true, true]);
  });
});
