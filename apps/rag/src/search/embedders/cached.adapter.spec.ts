import { InProcessCache } from '@faas/cache';
import { runInContext, runInTransactionScope } from '@faas/request-context';
import { Embedder } from '../embedder.port';
import { CachedEmbedder } from './cached.adapter';

class FakeEmbedder extends Embedder {
  readonly calls: string[][] = [];

  constructor(readonly model: string) {
    super();
  }

  embed(texts: readonly string[]): Promise<number[][]> {
    this.calls.push([...texts]);
    return Promise.resolve(texts.map((text) => [text.length, 1]));
  }
}

const as = <T>(tenant: string, work: () => Promise<T>) => runInContext({ requestId: 'req', principal: { tenant, subject: 'spec', scopes: [] } }, work);

describe('CachedEmbedder', () => {
  const cache = new InProcessCache({ namespace: 'rag' });
  afterAll(() => cache.close());
  const inner = new FakeEmbedder('fake/one');
  const embedder = new CachedEmbedder(inner, cache);

  it('asks the model once for a question, and only for those it does not know', async () => {
    expect(await as('acme', () => embedder.embed(['owl']))).toEqual([[3, 1]]);
    expect(await as('acme', () => embedder.embed(['a key', 'owl', 'money?']))).toEqual([[5, 1], [3, 1], [6, 1]]);
    expect(inner.calls).toEqual([['owl'], ['a key', 'money?']]);
  });

  it('keeps tenants and models apart', async () => {
    await as('globex', () => embedder.embed(['owl']));
    expect(inner.calls.at(-1)).toEqual(['owl']);
    const other = new FakeEmbedder('fake/two');
    await as('acme', () => new CachedEmbedder(other, cache).embed(['owl']));
    expect(other.calls).toEqual([['owl']]);
  });

  it('is refused inside a transaction', async () => {
    await expect(as('acme', () => runInTransactionScope(() => embedder.embed(['owl'])))).rejects.toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
  });
});
