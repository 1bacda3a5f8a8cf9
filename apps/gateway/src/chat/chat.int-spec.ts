import { startGateway, type RunningGateway } from '../../test/running-gateway';

const search = { type: 'function', function: { name: 'search', parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] } } };
const passages = [
  { number: 1, title: 'Harbour', text: 'The harbour lies in the north of the old town. It was built in 1843 by the city. Fishing boats land there every morning.' },
  { number: 2, title: 'Market', text: 'The market opens at seven. It sells fish from the harbour.' },
];
const asked = (content: string) => [{ role: 'user', content }];
const retrieved = (question: string) => [
  ...asked(question),
  { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'search', arguments: JSON.stringify({ query: question }) } }] },
  { role: 'tool', tool_call_id: 'c', content: JSON.stringify({ passages }) },
];

describe('chat completions on local/extractive', () => {
  let gateway: RunningGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startGateway();
    key = await gateway.keyFor('acme', ['gateway:use']);
  });
  afterAll(() => gateway.close());

  const chat = (body: unknown, headers?: Record<string, string>) => gateway.post('/v1/chat/completions', body, key, headers);
  const framesOf = (text: string) => text.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []));
  const errorOf = async (response: Response) => ((await response.json()) as { error: { type: string; code: string; message: string; param: string | null; faas: { code: string; requestId: string } } }).error;

  it('answers without a model being configured, and says of which kind the answer is', async () => {
    const response = await chat({ messages: asked('hi') });
    expect([response.status, response.headers.get('x-faas-model-kind'), response.headers.get('x-faas-model')]).toEqual([200, 'extractive', 'local/extractive']);
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'local/extractive',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: expect.stringContaining('OPENAI_API_KEY') } }],
    });
  });

  it('asks the retrieval tool, then quotes what it found', async () => {
    const first = (await (await chat({ messages: asked('When was the harbour built?'), tools: [search] })).json()) as { choices: { message: { tool_calls: { function: { arguments: string } }[] }; finish_reason: string }[] };
    expect(first.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ type: 'function', function: { name: 'search', arguments: '{"query":"When was the harbour built?"}' } }] } });
    const second = await chat({ messages: retrieved('When was the harbour built?'), tools: [search] });
    expect(await second.json()).toMatchObject({ choices: [{ message: { content: expect.stringContaining('It was built in 1843 by the city. [1]') } }] });
  });

  it('streams sentence by sentence, with the kind in the head and usage when asked for', async () => {
    const response = await chat({ messages: retrieved('Where is the harbour, and where is its fish sold?'), stream: true, stream_options: { include_usage: true } });
    expect([response.headers.get('content-type'), response.headers.get('x-faas-model-kind')]).toEqual([expect.stringContaining('text/event-stream'), 'extractive']);
    const frames = framesOf(await response.text());
    expect(frames.at(-1)).toBe('[DONE]');
    const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame) as { choices: { delta: { content?: string } }[]; usage?: { total_tokens: number } });
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.content || []);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece).toMatch(/ \[\d\]$/);
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
  });

  it.each([
    ['malformed JSON', '{"messages":', 400, 'REQUEST_MALFORMED'],
    ['no messages', { messages: [] }, 400, 'REQUEST_INVALID'],
    ['a wrong type', { messages: asked('a'), temperature: 'hot' }, 400, 'REQUEST_INVALID'],
    ['an unknown model', { model: 'gpt-9', messages: asked('a') }, 404, 'MODEL_NOT_FOUND'],
    ['an unknown model of a stream', { model: 'gpt-9', messages: asked('a'), stream: true }, 404, 'MODEL_NOT_FOUND'],
    ['what the model cannot do', { messages: asked('a'), n: 2 }, 400, 'MODEL_CAPABILITY_MISSING'],
  ])("refuses %s in OpenAI's shape", async (_name, body, status, code) => {
    const response = await chat(body);
    const error = await errorOf(response);
    expect([response.status, error.faas.code]).toEqual([status, code]);
    expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.any(String), faas: { requestId: response.headers.get('x-request-id') } });
  });

  it('answers in that shape also without a credential, without the scope, and where there is no route', async () => {
    const missing = await gateway.post('/v1/chat/completions', { messages: asked('a') });
    expect([missing.status, await errorOf(missing)]).toMatchObject([401, { type: 'authentication_error', code: 'invalid_api_key' }]);
    const small = await gateway.post('/v1/chat/completions', { messages: asked('a') }, await gateway.keyFor('acme', ['rag:read']));
    expect([small.status, await errorOf(small)]).toMatchObject([403, { type: 'permission_error', code: 'SCOPE_MISSING' }]);
    const nowhere = await gateway.get('/v1/nowhere', key);
    expect([nowhere.status, await errorOf(nowhere)]).toMatchObject([404, { type: 'invalid_request_error', code: 'ROUTE_NOT_FOUND' }]);
  });

  it('gives a repeated request with an Idempotency-Key the stored answer, streams too', async () => {
    for (const stream of [false, true]) {
      const headers = { 'idempotency-key': `chat-${stream}` };
      const first = await (await chat({ messages: asked('hi'), stream }, headers)).text();
      const again = await chat({ messages: asked('hi'), stream }, headers);
      expect([again.headers.get('idempotency-replayed'), await again.text()]).toEqual(['true', first]);
      expect((await chat({ messages: asked('other'), stream }, headers)).status).toBe(409);
    }
  });
});
