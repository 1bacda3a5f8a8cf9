import type { Message } from '../model-request';
import { requestOf, searchTool } from '../model-provider.port-suite';
import { ABSTENTION, replyTo, SELF_DESCRIPTION } from './extractive-reply';

const text = (value: string) => [{ type: 'text' as const, text: value }];
const user = (value: string): Message => ({ role: 'user', content: text(value) });
const tool = (result: unknown): Message => ({ role: 'tool', callId: 'call_1', content: text(typeof result === 'string' ? result : JSON.stringify(result)) });
const calls: Message = { role: 'assistant', content: [], toolCalls: [{ id: 'call_1', name: 'search', arguments: '{}' }] };

const passages = [
  {
    number: 1,
    title: 'Keys',
    headingPath: ['Keys'],
    text: '# Keys\n\nThe gateway issues keys and signs them with Ed25519. A revoked key is refused by every service\nwithin 30 seconds. Keys end after a year.\n\n```sh\nnpm run key -- --tenant acme # a revoked key\n```\n\n| key | revoked |\n| --- | --- |\n| a | yes |\n',
  },
  { number: 2, title: 'Ports', text: 'The gateway listens on port 8081. The agent service listens on port 8080.' },
  { number: 3, title: 'Weather', text: 'It often rains in November. Sailors prefer the summer months for that reason.' },
];
const answerTo = (question: string) => replyTo(requestOf({ messages: [user(question), calls, tool({ passages })] }));
const piecesOf = (question: string) => {
  const reply = answerTo(question);
  return reply.kind === 'text' ? reply.pieces : [];
};

describe('local/extractive', () => {
  it("calls the first tool that requires a string query, with the user's words", () => {
    const clock = { name: 'clock', parameters: { type: 'object', properties: {} } };
    const reply = replyTo(requestOf({ messages: [user('What is a key?')], tools: [clock, searchTool, { ...searchTool, name: 'other' }] }));
    expect(reply).toMatchObject({ kind: 'tool-call', name: 'search', arguments: '{"query":"What is a key?"}' });
  });

  it('calls no tool when it must not, or when none takes a query', () => {
    const messages = [user('What is a key?')];
    expect(replyTo(requestOf({ messages, tools: [searchTool], toolChoice: { type: 'none' } }))).toEqual({ kind: 'text', pieces: [SELF_DESCRIPTION] });
    const optional = { name: 'search', parameters: { type: 'object', properties: { query: { type: 'string' } } } };
    expect(replyTo(requestOf({ messages, tools: [optional] }))).toEqual({ kind: 'text', pieces: [SELF_DESCRIPTION] });
  });

  it('says what it is and which variables configure a model', () => {
    expect(SELF_DESCRIPTION).toContain('local/extractive');
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'OLLAMA_BASE_URL', 'MODEL_PROVIDERS']) expect(SELF_DESCRIPTION).toContain(name);
    expect(replyTo(requestOf({ messages: [user('hi'), calls, tool('no JSON')] }))).toEqual({ kind: 'text', pieces: [SELF_DESCRIPTION] });
  });

  it('quotes the sentence that answers, verbatim, with its number', () => {
    expect(piecesOf('When is a revoked key refused?')[0]).toBe('A revoked key is refused by every service\nwithin 30 seconds. [1]');
    expect(piecesOf('Which port does the gateway listen on?')[0]).toBe('The gateway listens on port 8081. [2]');
  });

  it('answers from the chapter whose heading is the question, whatever words its sentences use', () => {
    const chapters = [
      { number: 1, title: 'README', headingPath: ['Ten minutes'], text: '**3. Add your own documents.** A tool reads them. Unchanged files cost nothing.' },
      { number: 2, title: 'agent-service', headingPath: ['agent-service', 'How to add a tool'], text: '## How to add a tool\n\nWrite one adapter of the port and register it in the module. Its schema goes to the model.' },
    ];
    const reply = replyTo(requestOf({ messages: [user('How do I add a tool?'), calls, tool({ passages: chapters })] }));
    expect(reply.kind === 'text' && reply.pieces[0]).toBe('Write one adapter of the port and register it in the module. [2]');
  });

  it('quotes at most three sentences, each from its passage, never headings, code or tables', () => {
    for (const question of ['revoked key services gateway port agent', 'keys', 'How are keys signed and revoked?', 'rain in November']) {
      const pieces = piecesOf(question);
      expect(pieces.length).toBeLessThanOrEqual(3);
      for (const piece of pieces) {
        const [, sentence = '', number] = /^ ?(.*) \[(\d)\]$/s.exec(piece) ?? [];
        expect(passages.find((passage) => passage.number === Number(number))?.text).toContain(sentence);
        expect(sentence).not.toMatch(/npm run|\||^#/);
      }
    }
  });

  it('abstains in one sentence when the passages are about something else', () => {
    for (const question of ['What is the capital of France?', 'Who composed the ninth symphony?', 'Does the gateway bake bread in Lisbon?']) expect(piecesOf(question)).toEqual([ABSTENTION]);
    expect(replyTo(requestOf({ messages: [user('keys?'), calls, tool({ passages: [] })] }))).toEqual({ kind: 'text', pieces: [ABSTENTION] });
  });

  it('reads the passages of all tool results since the question', () => {
    const [first, ...rest] = passages;
    const messages = [user('Which port does the gateway listen on?'), calls, tool({ passages: rest }), tool({ passages: [first] })];
    const reply = replyTo(requestOf({ messages }));
    expect(reply.kind === 'text' && reply.pieces[0]).toBe('The gateway listens on port 8081. [2]');
  });

  it('gives the same answer to the same request', () => {
    expect(answerTo('How are keys signed?')).toEqual(answerTo('How are keys signed?'));
  });
});
