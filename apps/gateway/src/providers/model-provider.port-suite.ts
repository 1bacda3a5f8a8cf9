import { AppError } from '@faas/errors';
import { collect, type ModelEvent } from './model-events';
import type { ModelProvider } from './model-provider.port';
import type { ModelRequest } from './model-request';

export const requestOf = (fields: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'fake-chat',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Where is the harbour?' }] }],
  tools: [],
  stop: [],
  choices: 1,
  untranslatable: [],
  ...fields,
});

export const searchTool = {
  name: 'search',
  description: 'Finds passages.',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};

export interface ModelProviderSuite {
  readonly provider: () => ModelProvider;
  /** A model of this provider. */
  readonly model: string;
  /** Prepares the next answer, where it has to be prepared: the same one for two calls. */
  readonly prepare?: (answer: 'text' | 'tool-call') => void;
}

const signal = () => new AbortController().signal;

/** What every model provider promises; the failures of real upstreams are in the adapters' own specs. */
export function describeModelProvider(name: string, { provider, model, prepare }: ModelProviderSuite): void {
  describe(`${name} as a ModelProvider`, () => {
    const asked = (fields: Partial<ModelRequest> = {}) => requestOf({ model, ...fields });
    const withTool = () => asked({ tools: [searchTool] });

    it('answers with text in one choice that has finished', async () => {
      prepare?.('text');
      const answer = await provider().complete(asked(), { signal: signal() });
      expect(answer.choices).toHaveLength(1);
      expect(answer.choices[0]).toMatchObject({ finishReason: 'stop', blocks: [{ kind: 'text', text: expect.stringMatching(/\S/) }] });
      expect(answer.tokens).toBeDefined();
    });

    it.each(['text', 'tool-call'] as const)('streams what it answers in one piece: %s', async (kind) => {
      const request = kind === 'text' ? asked() : withTool();
      prepare?.(kind);
      const { vendor: _vendor, createdAt: _created, ...buffered } = await provider().complete(request, { signal: signal() });
      prepare?.(kind);
      const { createdAt: _streamedAt, ...streamed } = await collect(provider().stream(request, { signal: signal() }));
      expect(streamed).toEqual(buffered);
    });

    it('starts a block before its deltas and finishes last', async () => {
      prepare?.('tool-call');
      const events: ModelEvent[] = [];
      for await (const event of provider().stream(withTool(), { signal: signal() })) if (event.type !== 'vendor') events.push(event);
      expect(events[0]?.type).toBe('start');
      expect(events.at(-1)).toEqual({ type: 'finish', choice: 0, reason: 'tool-calls' });
      const started = new Set<number>();
      for (const event of events) {
        if (event.type === 'block-start') started.add(event.block);
        if (event.type === 'block-delta') expect(started.has(event.block)).toBe(true);
      }
    });

    it('calls a tool with valid JSON and an id', async () => {
      prepare?.('tool-call');
      const { choices } = await provider().complete(withTool(), { signal: signal() });
      const call = choices[0]?.blocks.find((block) => block.kind === 'tool-call');
      expect(call).toMatchObject({ name: 'search', callId: expect.stringMatching(/\S/) });
      expect(JSON.parse(call?.kind === 'tool-call' ? call.arguments : '')).toHaveProperty('query');
    });

    it('does not go on when its signal has fired, and throws the reason', async () => {
      const reason = new AppError('REQUEST_ABORTED', 'gone');
      const aborted = AbortSignal.abort(reason);
      await expect(collect(provider().stream(asked(), { signal: aborted }))).rejects.toBe(reason);
      await expect(provider().complete(asked(), { signal: aborted })).rejects.toBe(reason);
    });

    it('lists its models by its own names', async () => {
      const models = await provider().models({ signal: signal() });
      expect(models.map(({ name: listed }) => listed)).toContain(model);
    });
  });
}
