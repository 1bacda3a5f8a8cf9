import { startGateway, type RunningGateway } from '../../test/running-gateway';

describe('chat completions on local/extractive', () => {
  let gateway: RunningGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startGateway();
    key = await gateway.keyFor('acme', ['gateway:use', 'keys:manage']);
  });
  afterAll(() => gateway.close());

  it('answers without a model being configured, and says of which kind the answer is', async () => {
    const response = await gateway.post('/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }] }, key);
    expect([response.status, response.headers.get('x-faas-model-kind')]).toEqual([200, 'extractive']);
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'local/extractive',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: expect.stringContaining('OPENAI_API_KEY') } }],
    });
  });
});
