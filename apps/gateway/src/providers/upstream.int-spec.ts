import { createLogger } from '@faas/logging';
import { FakeModelProvider, type FakeAnswer, type FakeReply } from '@faas/testing';
import * as fc from 'fast-check';
import { ANTHROPIC_VERSION, AnthropicProvider } from './anthropic/anthropic.adapter';
import { collect } from './model-events';
import type { ModelProvider } from './model-provider.port';
import { describeModelProvider, requestOf, searchTool } from './model-provider.port-suite';
import { OpenAiCompatibleProvider } from './openai/openai-compatible.adapter';
import { ProviderHttp } from './provider-http';

const logger = createLogger({ service: 'gateway-test', level: 'error', destination: { write: () => undefined } });
const signal = () => AbortSignal.timeout(10_000);

let upstream: FakeModelProvider;
const transports: ProviderHttp[] = [];
beforeAll(async () => {
  upstream = await FakeModelProvider.start();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await Promise.all(transports.map((transport) => transport.close()));
  await upstream.close();
});

function httpTo(path: string, headers: Record<string, string>): ProviderHttp {
  const http = new ProviderHttp({ provider: 'upstream', baseUrl: `${upstream.url}${path}`, headers, connectTimeoutMs: 1_000, timeoutMs: 10_000, logger });
  transports.push(http);
  return http;
}

const create: Record<string, () => ModelProvider> = {
  openai: () => new OpenAiCompatibleProvider('upstream', httpTo('/v1', { authorization: 'Bearer configured' }), { streamUsage: true }),
  anthropic: () => new AnthropicProvider('upstream', httpTo('', { 'x-api-key': 'configured', 'anthropic-version': ANTHROPIC_VERSION }), () => 0),
};

const toolCall = { id: 'call_1', name: 'search', arguments: '{"query":"harbour"}' };
const answers: Record<'text' | 'tool-call', FakeAnswer> = {
  text: { kind: 'answer', text: 'The harbour is in the north.', usage: { input: 20, cacheRead: 4, output: 7 }, cut: [3, 11] },
  'tool-call': { kind: 'answer', text: 'I look it up.', toolCalls: [toolCall], cut: [1, 64] },
};

describe.each(['openai', 'anthropic'])('%s', (kind) => {
  let provider: ModelProvider;
  beforeAll(() => {
    provider = create[kind]!();
  });

  describeModelProvider(kind, { provider: () => provider, model: 'fake-chat', prepare: (answer) => upstream.script(answers[answer]) });

  it('sends the configured credential and nothing of the caller', async () => {
    await provider.complete(requestOf(), { signal: signal() });
    const { headers } = upstream.lastRequest;
    expect(headers['authorization'] ?? headers['x-api-key']).toMatch(/configured$/);
    expect(headers).not.toHaveProperty('cookie');
  });

  it('sends tools, the choice among them, and the results of calls', async () => {
    const messages = [
      { role: 'system' as const, content: [{ type: 'text' as const, text: 'Be brief.' }] },
      ...requestOf().messages,
      { role: 'assistant' as const, content: [], toolCalls: [toolCall] },
      { role: 'tool' as const, callId: 'call_1', content: [{ type: 'text' as const, text: '{"passages":[]}' }] },
    ];
    await provider.complete(requestOf({ messages, tools: [searchTool], toolChoice: { type: 'required' }, maxOutputTokens: 50, stop: ['END'] }), { signal: signal() });
    const { body } = upstream.lastRequest;
    if (kind === 'openai') {
      expect(body).toMatchObject({ tool_choice: 'required', max_completion_tokens: 50, stop: ['END'], tools: [{ type: 'function', function: searchTool }] });
      expect(body['messages']).toMatchObject([{ role: 'system', content: 'Be brief.' }, { role: 'user' }, { role: 'assistant', content: null, tool_calls: [{ id: 'call_1' }] }, { role: 'tool', tool_call_id: 'call_1' }]);
    } else {
      expect(body).toMatchObject({ system: 'Be brief.', tool_choice: { type: 'any' }, max_tokens: 50, stop_sequences: ['END'], tools: [{ name: 'search', input_schema: searchTool.parameters }] });
      expect(body['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', input: { query: 'harbour' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: '{"passages":[]}' }] }] },
      ]);
    }
  });

  it('collects any cut of the bytes to what the buffered call gives', async () => {
    const answer = fc.record({
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      toolCalls: fc.uniqueArray(fc.record({ id: fc.uuid(), name: fc.constantFrom('search', 'clock'), arguments: fc.dictionary(fc.string(), fc.string()).map((value) => JSON.stringify(value)) }), { maxLength: 3, selector: ({ id }) => id }),
      pieces: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      // One long piece among the short ones: thousands of single bytes would only take time.
      cut: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }).map((sizes) => [...sizes, 400]),
    });
    await fc.assert(
      fc.asyncProperty(answer, async (fields) => {
        upstream.script({ kind: 'answer', ...fields }, { kind: 'answer', ...fields });
        const { vendor: _vendor, ...buffered } = await provider.complete(requestOf(), { signal: signal() });
        expect(await collect(provider.stream(requestOf(), { signal: signal() }))).toEqual(buffered);
      }),
      { numRuns: 40 },
    );
  });

  describe('failures', () => {
    const failures: [string, FakeReply, Record<string, unknown>][] = [
      ['wrong credentials are never the caller\'s 401', { kind: 'error', status: 401, message: 'Incorrect API key provided: sk-secret' }, { code: 'MODEL_PROVIDER_CREDENTIALS_REJECTED', status: 502, message: expect.not.stringContaining('sk-secret') }],
      ['forbidden', { kind: 'error', status: 403 }, { code: 'MODEL_PROVIDER_CREDENTIALS_REJECTED' }],
      ['a rate limit passes Retry-After on', { kind: 'error', status: 429, retryAfter: '7' }, { code: 'MODEL_PROVIDER_RATE_LIMITED', status: 429, retryAfterMs: 7_000 }],
      ['an overflow of the context', { kind: 'error', status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum', type: 'invalid_request_error' }, { code: 'MODEL_CONTEXT_EXCEEDED' }],
      ['a request that the provider refuses', { kind: 'error', status: 400, message: 'temperature is out of range', type: 'invalid_request_error' }, { code: 'MODEL_REQUEST_REJECTED', message: expect.stringContaining('temperature') }],
      ['an unknown model', { kind: 'error', status: 404, message: 'model: nope', type: 'not_found_error' }, { code: 'MODEL_NOT_FOUND' }],
      ['an overloaded provider', { kind: 'error', status: 529, type: 'overloaded_error' }, { code: 'MODEL_PROVIDER_UNAVAILABLE', retryable: true }],
      ['a page instead of an error', { kind: 'error', status: 404, body: '<html>nginx</html>' }, { code: 'MODEL_PROVIDER_UNAVAILABLE', retryable: false }],
      ['an answer of another protocol', { kind: 'error', status: 200, body: { hello: 'world' } }, { code: 'MODEL_PROVIDER_UNAVAILABLE' }],
    ];
    it.each(failures)('%s', async (_name, reply, expected) => {
      upstream.script(reply, reply);
      await expect(provider.complete(requestOf(), { signal: signal() })).rejects.toMatchObject(expected);
      await expect(collect(provider.stream(requestOf(), { signal: signal() }))).rejects.toMatchObject({ code: expected['code'] });
    });

    it.each([
      ['clean-end', 'MODEL_STREAM_BROKEN'],
      ['reset', 'MODEL_STREAM_BROKEN'],
      ['error-event', 'MODEL_PROVIDER_UNAVAILABLE'],
    ] as const)('a stream that breaks off (%s) never looks complete', async (how, code) => {
      upstream.script({ kind: 'broken-stream', text: 'half of the answer', deltas: 2, how });
      const seen: string[] = [];
      const read = async () => {
        for await (const event of provider.stream(requestOf(), { signal: signal() })) seen.push(event.type);
      };
      await expect(read()).rejects.toMatchObject({ code });
      expect(seen).toContain('block-delta');
      expect(seen).not.toContain('finish');
    });

    it('closes the upstream connection when the signal fires', async () => {
      upstream.script({ kind: 'hang', when: 'after-first-output' });
      const abort = new AbortController();
      const read = async () => {
        for await (const event of provider.stream(requestOf(), { signal: abort.signal })) if (event.type === 'block-delta') abort.abort(new Error('left'));
      };
      await expect(read()).rejects.toBeDefined();
      await upstream.lastRequest.aborted;
    });

    it('is unavailable when nobody listens', async () => {
      const http = new ProviderHttp({ provider: 'gone', baseUrl: 'http://127.0.0.1:1', headers: {}, connectTimeoutMs: 500, timeoutMs: 2_000, logger });
      transports.push(http);
      const gone = kind === 'openai' ? new OpenAiCompatibleProvider('gone', http, { streamUsage: true }) : new AnthropicProvider('gone', http);
      await expect(gone.complete(requestOf(), { signal: signal() })).rejects.toMatchObject({ code: 'MODEL_PROVIDER_UNAVAILABLE', message: "Provider 'gone' is out of reach." });
    });
  });
});

describe('openai', () => {
  it('sends the caller\'s own body on, unknown fields included, with the model replaced', async () => {
    const body = { model: 'upstream/fake-chat', messages: [{ role: 'user', content: 'hi', name: 'Ada' }], seed: 7, logit_bias: { '50256': -100 }, vendor_field: { deep: [1] } };
    await create['openai']!().complete(requestOf({ source: { protocol: 'openai', body } }), { signal: signal() });
    expect(upstream.lastRequest.body).toEqual({ ...body, model: 'fake-chat', stream: false });
  });

  it('refuses content by its code', async () => {
    upstream.script({ kind: 'error', status: 400, code: 'content_filter', message: 'Filtered.' });
    await expect(create['openai']!().complete(requestOf(), { signal: signal() })).rejects.toMatchObject({ code: 'MODEL_CONTENT_REFUSED' });
  });

  it('embeds in the order of the inputs', async () => {
    const provider = create['openai']!();
    const { vectors, inputTokens } = await provider.embed({ model: 'fake-embed', input: ['one', 'two', 'one'], dimensions: 4, extra: { truncate: true } }, { signal: signal() });
    expect(vectors).toHaveLength(3);
    expect(vectors[0]).toEqual(vectors[2]);
    expect(vectors[0]).toHaveLength(4);
    expect(inputTokens).toBeGreaterThan(0);
    expect(upstream.lastRequest.body).toEqual({ model: 'fake-embed', input: ['one', 'two', 'one'], dimensions: 4, truncate: true });
  });
});

describe('anthropic', () => {
  it.each([
    ['several answers', { choices: 2 }],
    ['a format without a schema', { responseFormat: { type: 'json-object' as const } }],
    ['content it has no words for', { untranslatable: ["a content part of type 'input_audio'"] }],
  ])('refuses %s before it calls anybody', async (_name, fields) => {
    await expect(create['anthropic']!().complete(requestOf(fields), { signal: signal() })).rejects.toMatchObject({ code: 'MODEL_CAPABILITY_MISSING' });
    expect(upstream.requests).toEqual([]);
  });
});
