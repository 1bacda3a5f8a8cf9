import { AppError } from '@faas/errors';
import { createLogger } from '@faas/logging';
import { runInContext } from '@faas/request-context';
import { readChatRequest } from '../chat/chat-request.mapping';
import { ExtractiveProvider } from '../providers/extractive/extractive.adapter';
import type { ModelEvent } from '../providers/model-events';
import { GenAiPrices } from '../usage/price-lists/genai-prices.adapter';
import { UsageRecorder } from '../usage/usage-recorder';
import { UsageStore, type StoredUsage } from '../usage/usage-store.port';
import { ModelCaller } from './model-caller';

/** Takes a row only when it is let. */
class FakeSlowStore extends UsageStore {
  readonly rows: StoredUsage[] = [];
  readonly gate = Promise.withResolvers<undefined>();
  readonly asked = Promise.withResolvers<undefined>();

  async append(_tenant: string, entries: readonly StoredUsage[]): Promise<void> {
    this.asked.resolve(undefined);
    await this.gate.promise;
    this.rows.push(...entries);
  }

  list(): never {
    throw new Error('not asked here');
  }
}

class FakeBreakingProvider extends ExtractiveProvider {
  override async *stream(...call: Parameters<ExtractiveProvider['stream']>): AsyncGenerator<ModelEvent> {
    for await (const event of super.stream(...call)) {
      yield event;
      if (event.type === 'block-delta') throw new AppError('MODEL_PROVIDER_UNAVAILABLE', 'It broke off.');
    }
  }
}

describe('ModelCaller', () => {
  const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
  const request = readChatRequest({ messages: [{ role: 'user', content: 'hi' }] }, 'extractive');
  const times = { firstOutputMs: 10_000, idleMs: 10_000, totalMs: 10_000 };
  const targetOf = (provider: ExtractiveProvider) => ({ provider, model: 'extractive', id: 'local/extractive' });
  const inRequest = <T>(work: () => Promise<T>) => runInContext({ requestId: 'r', principal: { tenant: 'acme', subject: 's', scopes: [] } }, work);
  let store: FakeSlowStore;
  let caller: ModelCaller;
  beforeEach(() => {
    store = new FakeSlowStore();
    caller = new ModelCaller({ times, retries: 0 }, new UsageRecorder(store, logger, { patienceMs: 60_000 }), new GenAiPrices(logger), logger);
  });

  async function read(provider: ExtractiveProvider, leaveAtOutput = false): Promise<void> {
    for await (const event of caller.stream(targetOf(provider), request).events) if (leaveAtOutput && event.type === 'block-delta') return;
  }

  it.each([
    ['an answer', 'succeeded', async () => void (await caller.complete(targetOf(new ExtractiveProvider()), request))],
    ['a stream', 'succeeded', () => read(new ExtractiveProvider())],
    ['a stream that breaks off', 'failed', () => read(new FakeBreakingProvider())],
    ['a stream that is left', 'aborted', () => read(new ExtractiveProvider(), true)],
  ])('ends %s only when its row is stored', async (_name, outcome, call) => {
    let ended = false;
    const end = inRequest(call)
      .catch((error: unknown) => expect(AppError.hasCode(error, 'MODEL_PROVIDER_UNAVAILABLE')).toBe(true))
      .finally(() => (ended = true));
    await store.asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    store.gate.resolve(undefined);
    await end;
    expect(store.rows).toMatchObject([{ tenant: 'acme', outcome }]);
  });
});
