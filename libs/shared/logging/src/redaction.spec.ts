import fc from 'fast-check';
import { redactFields } from './redaction';
import { scrubText } from './scrub-text';

const redact = (fields: Record<string, unknown>, reveal: string[] = []) => redactFields(fields, { reveal, stacks: false });

describe('redaction by key', () => {
  it.each(['authorization', 'Authorization', 'x-api-key', 'apiKey', 'API_KEY', 'cookie', 'set-cookie', 'key', 'token', 'accessToken', 'secret', 'clientSecret', 'password', 'headers'])(
    'hides the secret %s at any depth',
    (key) => {
      expect(redact({ a: [{ [key]: { deep: 'hush' } }] })).toEqual({ a: [{ [key]: '[redacted]' }] });
    },
  );

  it.each(['prompt', 'messages', 'message', 'content', 'text', 'answer', 'query', 'quote', 'arguments'])('hides the content of %s and tells its length', (key) => {
    expect(redact({ [key]: 'abc' })).toEqual({ [key]: '[redacted 3 characters]' });
    expect(redact({ [key]: ['abc'] })).toEqual({ [key]: '[redacted]' });
  });

  it('shows counts, ids and names', () => {
    const fields = { inputTokens: 3, tokens: 5, keyId: 'key_1', text: 12, hasAnswer: true, model: 'local/extractive' };
    expect(redact(fields)).toEqual(fields);
  });

  it('shows content that is asked for, still without credentials in it', () => {
    expect(redact({ text: 'hello sk-abcdefgh12345', answer: 'x' }, ['text'])).toEqual({ text: 'hello [redacted]', answer: '[redacted 1 characters]' });
  });
});

describe('redaction inside strings', () => {
  it.each([
    ['postgres://user:p@ss@db:5432/x failed', 'postgres://[redacted]@db:5432/x failed'],
    ['redis://:pw@cache', 'redis://[redacted]@cache'],
    ['key faas_eyJhbGciOi.eyJpc3M.c2ln end', 'key faas_[redacted] end'],
    ['eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.abc', '[redacted]'],
    ['Incorrect API key provided: sk-proj-abc12345', 'Incorrect API key provided: [redacted]'],
    ['Authorization: Bearer abcdefghijk', 'Authorization: Bearer [redacted]'],
    ['https://x.test/a?key=AIzaSy&b=1', 'https://x.test/a?key=[redacted]&b=1'],
    ['password=hunter2 host=x', 'password=[redacted] host=x'],
  ])('cleans %s', (text, cleaned) => expect(scrubText(text)).toBe(cleaned));

  it.each(['faas_gateway_worker may not bypass', 'https://example.com/a@b', 'task-manager-service', 'the disk-usage is high', 'rate 5/s'])('leaves %s as it is', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it('never lets a key through, wherever it stands', () => {
    const token = fc.stringMatching(/^faas_eyJ[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}$/);
    fc.assert(
      fc.property(fc.string(), token, fc.string(), (before, key, after) => {
        const secret = key.slice('faas_'.length);
        expect(JSON.stringify(redact({ note: `${before} ${key} ${after}` }))).not.toContain(secret);
      }),
    );
  });

  it('bounds the length of a line', () => {
    expect(scrubText('a'.repeat(100_000)).length).toBeLessThan(8_300);
  });
});
