import * as z from 'zod';
import * as contract from './index';
import { chatCompletionRequest, embeddingRequest, keyRequest } from './index';

const user = { role: 'user', content: 'hi' };
const issuesOf = (value: unknown) => chatCompletionRequest.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('the chat request', () => {
  it('needs nothing but a message', () => {
    expect(chatCompletionRequest.parse({ messages: [user] })).toEqual({ messages: [user] });
  });

  it('keeps fields that it does not know, at every depth', () => {
    const request = {
      messages: [{ ...user, name: 'Ada' }, { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AA' } }, { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }],
      seed: 1,
      tools: [{ type: 'web_search' }, { type: 'function', function: { name: 'f', extra: true } }],
      reasoning_effort: 'low',
    };
    expect(chatCompletionRequest.parse(request)).toEqual(request);
  });

  it.each([
    ['no messages', { messages: [] }, 'messages'],
    ['an unknown role', { messages: [{ role: 'wizard', content: 'x' }] }, 'messages.0.role'],
    ['a user without content', { messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['a tool message that answers nothing', { messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.tool_call_id'],
    ['a function tool without a function', { messages: [user], tools: [{ type: 'function' }] }, 'tools.0.function'],
    ['a temperature out of range', { messages: [user], temperature: 3 }, 'temperature'],
    ['a stream flag as text', { messages: [user], stream: 'yes' }, 'stream'],
  ])('refuses %s and names the field', (_name, request, path) => {
    expect(issuesOf(request)).toContain(path);
  });

  it('refuses a text part without its text', () => {
    expect(issuesOf({ messages: [{ role: 'user', content: [{ type: 'text' }] }] })).not.toEqual([]);
  });
});

describe('other requests', () => {
  it('takes texts and token ids to embed, and nothing empty', () => {
    for (const input of ['a', ['a', 'b'], [1, 2], [[1], [2, 3]]]) expect(embeddingRequest.safeParse({ input }).success).toBe(true);
    for (const input of ['', [], [''], [[]], 7]) expect(embeddingRequest.safeParse({ input }).success).toBe(false);
  });

  it('refuses unknown fields of a key', () => {
    expect(keyRequest.safeParse({ scopes: ['rag:read'] }).success).toBe(true);
    expect(keyRequest.safeParse({ scopes: ['rag:read'], scope: 'all' }).success).toBe(false);
    expect(keyRequest.safeParse({ scopes: ['rag:read'], expiresAt: 'tomorrow' }).success).toBe(false);
  });
});

describe('every schema', () => {
  const named = Object.entries(contract).flatMap(([name, value]): [string, z.ZodType][] => (value instanceof z.ZodType ? [[name, value]] : []));

  it.each(named)('%s can be written as JSON Schema for OpenAPI', (_name, schema) => {
    expect(() => z.toJSONSchema(schema, { io: 'input' })).not.toThrow();
  });

  it.each(named.filter(([, schema]) => schema instanceof z.ZodObject))('%s describes its fields', (_name, schema) => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, { description?: string; const?: unknown; $ref?: string }> };
    const silent = Object.entries(properties).filter(([, field]) => field.description === undefined && field.const === undefined && field.$ref === undefined);
    expect(silent.map(([field]) => field)).toEqual([]);
  });
});
