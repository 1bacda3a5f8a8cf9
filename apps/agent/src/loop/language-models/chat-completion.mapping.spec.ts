import type { ChatCompletionChunk } from '@faas/gateway-contract';
import type { ModelRequest } from '../language-model.port';
import { AnswerAssembly, toChatCompletionRequest } from './chat-completion.mapping';

const request: ModelRequest = { model: null, messages: [{ role: 'user', content: 'hi' }], tools: [], mayCallTools: false, signal: new AbortController().signal };
const chunk = (delta: ChatCompletionChunk['choices'][number]['delta'], finish_reason: string | null = null): ChatCompletionChunk => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 0,
  model: 'acme/large',
  choices: [{ index: 0, delta, finish_reason }],
});

describe('the request to the gateway', () => {
  it('leaves the choice of the model to the gateway and asks for usage', () => {
    expect(toChatCompletionRequest(request)).toEqual({ messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } });
  });

  it('carries tools, their calls and results', () => {
    const sent = toChatCompletionRequest({
      ...request,
      model: 'acme/large',
      maxOutputTokens: 7,
      tools: [{ name: 'search', description: 'd', parameters: { type: 'object' } }],
      messages: [
        { role: 'assistant', content: '', toolCalls: [{ id: 'call_1_1', name: 'search', arguments: '{}' }] },
        { role: 'tool', callId: 'call_1_1', content: '{"passages":[]}' },
      ],
    });
    expect(sent).toMatchObject({
      model: 'acme/large',
      max_completion_tokens: 7,
      tool_choice: 'none',
      tools: [{ type: 'function', function: { name: 'search' } }],
      messages: [
        { role: 'assistant', content: null, tool_calls: [{ id: 'call_1_1', type: 'function', function: { name: 'search', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'call_1_1' },
      ],
    });
  });
});

describe('the answer of the gateway', () => {
  it('is put together from pieces of parallel tool calls in any order', () => {
    const answer = new AnswerAssembly();
    answer.add(chunk({ tool_calls: [{ index: 1, id: 'b', function: { name: 'two', arguments: '{"q"' } }] }));
    answer.add(chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } }] }));
    answer.add(chunk({ tool_calls: [{ index: 1, function: { arguments: ':1}' } }] }, 'tool_calls'));
    answer.add({ ...chunk({}), choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
    expect(answer.end()).toEqual({
      type: 'end',
      model: 'acme/large',
      truncated: false,
      usage: { inputTokens: 3, outputTokens: 4 },
      toolCalls: [
        { id: 'a', name: 'one', arguments: '{}' },
        { id: 'b', name: 'two', arguments: '{"q":1}' },
      ],
    });
  });

  it('tells a cut answer from a finished one, and a broken stream from both', () => {
    const cut = new AnswerAssembly();
    expect(cut.add(chunk({ content: 'half' }, 'length'))).toBe('half');
    expect(cut.end()).toMatchObject({ truncated: true });
    const broken = new AnswerAssembly();
    broken.add(chunk({ content: 'half' }));
    expect(() => broken.end()).toThrow(expect.objectContaining({ code: 'MODEL_STREAM_BROKEN' }));
  });

  it('does not collect tool calls without end', () => {
    const answer = new AnswerAssembly();
    const flood = () => {
      for (let index = 0; index < 100; index++) answer.add(chunk({ tool_calls: [{ index, id: 'x', function: { name: 'f', arguments: '' } }] }));
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'UPSTREAM_FAILED' }));
  });
});
