import { FakeModelProvider } from '@faas/testing';
import OpenAI from 'openai';
import { startGateway, type RunningGateway } from '../test/running-gateway';

const weather = { type: 'function' as const, function: { name: 'weather', description: 'Tells the weather.', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } };
const toolCalls = [
  { id: 'call_1', name: 'weather', arguments: '{"city":"Kiel"}' },
  { id: 'call_2', name: 'weather', arguments: '{"city":"Århus"}' },
];
const messages = [{ role: 'user' as const, content: 'What is the weather?' }];

describe("the official openai SDK", () => {
  let upstream: FakeModelProvider;
  let gateway: RunningGateway;
  let client: OpenAI;
  beforeAll(async () => {
    upstream = await FakeModelProvider.start();
    const providers = [
      { name: 'fake', kind: 'openai', baseUrl: `${upstream.url}/v1`, apiKey: 'upstream-key', defaultModel: 'fake-chat', defaultEmbeddingModel: 'fake-embed' },
      { name: 'claude', kind: 'anthropic', baseUrl: upstream.url, apiKey: 'upstream-key' },
    ];
    gateway = await startGateway({ variables: { MODEL_PROVIDERS: JSON.stringify(providers) } });
    client = new OpenAI({ apiKey: await gateway.keyFor('acme', ['gateway:use']), baseURL: `${gateway.api}/v1`, maxRetries: 0 });
  });
  afterEach(() => upstream.reset());
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  it('lists the models of every provider', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(['fake/fake-chat', 'fake/fake-embed', 'claude/fake-chat', 'claude/fake-embed', 'local/extractive']);
  });

  describe.each(['fake/fake-chat', 'claude/fake-chat'])('with %s', (model) => {
    it('chats', async () => {
      upstream.script({ kind: 'answer', text: 'It rains.', usage: { input: 10, cacheRead: 3, output: 4 } });
      const answer = await client.chat.completions.create({ model, messages });
      expect(answer).toMatchObject({ model, choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'It rains.' } }] });
      expect(answer.usage).toMatchObject({ prompt_tokens: 13, completion_tokens: 4, total_tokens: 17, prompt_tokens_details: { cached_tokens: 3 } });
    });

    it('streams, with usage in the last chunk when asked for', async () => {
      upstream.script({ kind: 'answer', text: 'It rains in 北京.', cut: [3, 7] });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('It rains in 北京.');
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
      expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set([model]));
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 } });
      expect(chunks.slice(0, -1).every(({ usage }) => usage === undefined)).toBe(true);
    });

    it('streams no usage unless asked for', async () => {
      upstream.script({ kind: 'answer', text: 'a' });
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) expect(chunk).not.toHaveProperty('usage');
    });

    it('calls tools, and streams the same calls', async () => {
      const answer = { kind: 'answer' as const, toolCalls };
      upstream.script(answer, { ...answer, pieces: [2, 5], cut: [9] });
      const request = { model, messages, tools: [weather], tool_choice: 'auto' as const };
      const buffered = await client.chat.completions.create(request);
      const streamed = await client.chat.completions.stream(request).finalChatCompletion();
      const callsOf = (completion: OpenAI.ChatCompletion) => completion.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && { id: call.id, name: call.function.name, arguments: call.function.arguments });
      expect(callsOf(buffered)).toEqual(toolCalls);
      expect(callsOf(streamed)).toEqual(toolCalls);
      expect([buffered, streamed].map(({ choices }) => choices[0]?.finish_reason)).toEqual(['tool_calls', 'tool_calls']);
    });
  });

  it('sends what this service does not know to an OpenAI-compatible upstream, and returns what it adds', async () => {
    upstream.script({ kind: 'answer', text: 'a', extra: { system_fingerprint: 'fp_1', vendor: { x: 1 } } });
    const answer = await client.chat.completions.create({ model: 'fake/fake-chat', messages, seed: 3, ...{ vendor_field: { deep: true } } });
    expect(upstream.lastRequest.body).toEqual({ model: 'fake-chat', messages, seed: 3, vendor_field: { deep: true }, stream: false });
    expect(answer).toMatchObject({ system_fingerprint: 'fp_1', vendor: { x: 1 }, model: 'fake/fake-chat' });
  });

  it('uses the default model', async () => {
    expect((await client.chat.completions.create({ model: 'default', messages })).model).toBe('fake/fake-chat');
    expect((await client.embeddings.create({ model: 'default', input: 'a' })).model).toBe('fake/fake-embed');
  });

  it('embeds: one text and several, as numbers and as base64', async () => {
    const many = await client.embeddings.create({ model: 'fake/fake-embed', input: ['one', 'two'], encoding_format: 'float' });
    // Without an encoding the SDK asks for base64 and decodes it.
    const one = await client.embeddings.create({ model: 'fake/fake-embed', input: 'two' });
    expect(one.data[0]?.embedding).toEqual(many.data[1]?.embedding);
    expect(many.usage.prompt_tokens).toBeGreaterThan(0);
    const text = await client.embeddings.create({ model: 'fake/fake-embed', input: 'two', encoding_format: 'base64' });
    expect(typeof text.data[0]?.embedding).toBe('string');
  });

  it('reads errors as the classes it knows', async () => {
    const failing = (body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => client.chat.completions.create({ model: 'fake/fake-chat', messages, ...body }).catch((error: unknown) => error);
    expect(await failing({ model: 'nope/x' })).toBeInstanceOf(OpenAI.NotFoundError);
    expect(await failing({ model: 'nope/x' })).toMatchObject({ code: 'model_not_found', param: 'model', type: 'invalid_request_error' });
    expect(await failing({ messages: [{ role: 'nobody' } as never] })).toMatchObject({ status: 400, type: 'invalid_request_error', param: expect.stringContaining('messages') });
    upstream.script({ kind: 'error', status: 401 });
    expect(await failing({})).toMatchObject({ status: 502, type: 'server_error', code: 'MODEL_PROVIDER_CREDENTIALS_REJECTED' });
    upstream.script({ kind: 'error', status: 429, retryAfter: '30' });
    const limited = (await failing({})) as InstanceType<typeof OpenAI.RateLimitError>;
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited.headers?.get('retry-after')).toBe('30');
    upstream.script({ kind: 'error', status: 400, code: 'context_length_exceeded', message: 'too long' });
    expect(await failing({})).toMatchObject({ status: 400, code: 'context_length_exceeded' });
    const stranger = new OpenAI({ apiKey: 'faas_no', baseURL: `${gateway.api}/v1`, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('gets an error instead of a false end when the upstream breaks off', async () => {
    upstream.script({ kind: 'broken-stream', text: 'half of the answer', deltas: 2, how: 'clean-end' });
    const seen: string[] = [];
    const read = async () => {
      for await (const { choices } of await client.chat.completions.create({ model: 'fake/fake-chat', messages, stream: true })) seen.push(choices[0]?.delta.content ?? '');
    };
    await expect(read()).rejects.toMatchObject({ code: 'MODEL_STREAM_BROKEN' });
    expect(seen.join('')).toBe('half of the an');
  });

  it('ends the upstream call when the caller leaves', async () => {
    upstream.script({ kind: 'hang', when: 'after-first-output' });
    const stream = await client.chat.completions.create({ model: 'fake/fake-chat', messages, stream: true });
    for await (const _chunk of stream) break;
    stream.controller.abort();
    await upstream.lastRequest.aborted;
  });
});
