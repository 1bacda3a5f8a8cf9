import { AppError } from '@faas/errors';
import fc from 'fast-check';
import { readEventStream, type EventStreamOptions, type ServerSentEvent } from './event-stream';

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
}

async function read(text: string, cuts: readonly number[] = [], options: Partial<EventStreamOptions> = {}): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEventStream(chunksOf(new TextEncoder().encode(text), cuts), { name: 'gateway-service', ...options })) events.push(event);
  return events;
}

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!AppError.is(error)) throw new Error(`Expected an AppError, got ${String(error)}`);
  return error;
}

describe('an event stream', () => {
  it('yields event, data and id, and skips comments and unknown fields', async () => {
    const events = await read(': heartbeat\n\nid: 1\nevent: delta\ndata: {"text":"a"}\n\nretry: 5\nfoo: bar\ndata: one\ndata: two\n\n');
    expect(events).toEqual([
      { id: '1', event: 'delta', data: '{"text":"a"}' },
      { id: undefined, event: undefined, data: 'one\ntwo' },
    ]);
  });

  it('is the same however its bytes are cut', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ' ').replaceAll(String.fromCharCode(0), ' ').trim());
    const event = fc.record({ event: line.filter((name) => name !== ''), data: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')).filter((data) => data !== ''), id: fc.nat().map(String) });
    const newline = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 5 }), newline, fc.array(fc.nat(), { maxLength: 30 }), async (events, eol, cuts) => {
        const text = events.map(({ event: name, data, id }) => [`id: ${id}`, `event: ${name}`, ...data.split('\n').map((part) => `data: ${part}`), '', ''].join(eol)).join('');
        expect(await read(text, cuts)).toEqual(events);
      }),
    );
  });

  it('may be cut at every single byte', async () => {
    const text = 'event: délta\ndata: 🦊 “quoted”\n\n';
    const cuts = Array.from({ length: new TextEncoder().encode(text).length }, (_, index) => index);
    expect(await read(text, cuts)).toEqual([{ event: 'délta', data: '🦊 “quoted”', id: undefined }]);
  });

  it('ends with the event that the caller waits for, without waiting for more', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new TextEncoder().encode(`data: ${++asked === 3 ? '[DONE]' : asked}\n\n`);
    }
    const events: string[] = [];
    for await (const { data } of readEventStream(endless(), { name: 'openai', until: ({ data }) => data === '[DONE]' })) events.push(data);
    expect(events).toEqual(['1', '2', '[DONE]']);
    expect(asked).toBe(3);
  });

  it('that ends before that event was cut, which is an error', async () => {
    expect(await errorOf(read('data: 1\n\n', [], { until: ({ data }) => data === '[DONE]' }))).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: true, message: expect.stringContaining('gateway-service') });
  });

  it('drops a last event that was not finished', async () => {
    expect(await read('data: 1\n\ndata: 2')).toEqual([expect.objectContaining({ data: '1' })]);
  });

  it('refuses an event over the limit, in one line or in many', async () => {
    const options = { maxEventCharacters: 100 };
    for (const text of [`data: ${'a'.repeat(200)}`, 'data: aaaaaaaaaaaaaaaaaaaa\n'.repeat(20)]) {
      expect(await errorOf(read(text, [10, 50, 120, 150], options))).toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('too long') });
    }
  });
});
