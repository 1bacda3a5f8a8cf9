import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { FakeModelProvider } from './fake-model-provider';

const toolCalls = [
  { id: 'call_1', name: 'search', arguments: '{"query":"größe"}' },
  { id: 'call_2', name: 'clock', arguments: '{}' },
];

describe('FakeModelProvider', () => {
  let fake: FakeModelProvider;
  beforeAll(async () => (fake = await FakeModelProvider.start()));
  afterEach(() => fake.reset());
  afterAll(() => fake.close());

  describe('read by the openai SDK', () => {
    const openai = () => new OpenAI({ apiKey: 'k', baseURL: `${fake.url}/v1`, maxRetries: 0 });
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

    it('echoes without a script and records what it was sent', async () => {
      const answer = await openai().chat.completions.create(request);
      expect(answer.choices[0]?.message.content).toBe('echo: hi');
      expect(fake.lastRequest).toMatchObject({ method: 'POST', path: '/v1/chat/completions', body: request, headers: { authorization: 'Bearer k' } });
    });

    it('streams text and tool calls however the bytes are cut', async () => {
      fake.script({ kind: 'answer', text: 'Grüße, 世界', toolCalls, pieces: [1, 4], cut: [1, 3, 2] });
      const stream = openai().chat.completions.stream({ ...request, stream_options: { include_usage: true } });
      const { choices, usage } = await stream.finalChatCompletion();
      expect(choices[0]?.message.content).toBe('Grüße, 世界');
      expect(choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments)).toEqual(toolCalls.map((call) => call.arguments));
      expect(usage?.total_tokens).toBe(16);
    });

    it('answers errors with Retry-After', async () => {
      fake.script({ kind: 'error', status: 429, retryAfter: '2', code: 'rate_limit_exceeded' });
      const error = await openai().chat.completions.create(request).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    });

    it('embeds equal texts equally, as floats and as base64', async () => {
      const { data } = await openai().embeddings.create({ model: 'm', input: ['a', 'b', 'a'] });
      expect(data[0]?.embedding).toEqual(data[2]?.embedding);
      expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
    });
  });

  describe('read by the Anthropic SDK', () => {
    const anthropic = () => new Anthropic({ apiKey: 'k', baseURL: fake.url, maxRetries: 0 });
    const request = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'hi' }] };

    it('answers and streams the same message', async () => {
      fake.script({ kind: 'answer', text: 'Hello.', toolCalls }, { kind: 'answer', text: 'Hello.', toolCalls, cut: [5] });
      const buffered = await anthropic().messages.create(request);
      const streamed = await anthropic().messages.stream(request).finalMessage();
      expect(streamed.content).toEqual(buffered.content);
      expect(streamed).toMatchObject({ stop_reason: 'tool_use', usage: { input_tokens: 11, output_tokens: 5 } });
    });
  });

  it('notices that the caller went away', async () => {
    fake.script({ kind: 'hang', when: 'after-first-output' });
    const abort = new AbortController();
    const response = await fetch(`${fake.url}/v1/chat/completions`, { method: 'POST', body: '{"stream":true}', signal: abort.signal });
    abort.abort();
    await response.text().catch(() => undefined);
    await fake.lastRequest.aborted;
  });
});
