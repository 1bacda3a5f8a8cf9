import 'reflect-metadata';
import { describeService } from '../../test/rag-harness';

describeService('search by words', (harness) => {
  const rag = () => harness().client();
  beforeAll(async () => {
    await rag().putCollection('code');
    await harness().ingested('code', { text: 'export function maxRetryCount() { return this.config.retry_limit; }', externalId: 'retries.ts' });
    await harness().ingested('code', { text: 'Owls and other birds of prey.', externalId: 'birds.txt' });
  });
  const found = async (query: string) => (await rag().search('code', { query })).passages.map(({ title }) => title);

  it.each(['retry count', 'maxRetryCount', 'MAXRETRYCOUNT', 'config', 'retry_limit', 'limits', 'this.config.retry_limit', 'retries.ts'])('finds identifiers by %s', async (query) => {
    expect((await found(query))[0]).toBe('retries.ts');
  });

  it.each([
    ['operators of query languages', `' OR 1=1; -- & | ! <-> :* "( owl`],
    ['lone surrogates and NUL', 'owl \ud800 \u0000 owl'],
    ['nothing but punctuation', '?!,.;:'],
    ['nothing but stop words', 'the of and'],
    ['a very long word', 'x'.repeat(50_000)],
    ['markup', '<b>owl</b> &amp; <!-- x -->'],
  ])('survives %s', async (_what, query) => {
    const answer = await rag().search('code', { query });
    expect(answer.passages.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
    if (query.includes('owl')) expect(answer.passages[0]?.title).toBe('birds.txt');
  });

  it('answers a question of 10 000 words', async () => {
    const query = Array.from({ length: 10_000 }, (_, index) => `word${index} owl`).join(' ').slice(0, 150_000);
    expect((await found(query))[0]).toBe('birds.txt');
  });

  it('stems by the language of the collection and finds scripts without spaces', async () => {
    await rag().putCollection('german', { settings: { language: 'german' } });
    await harness().ingested('german', { text: 'Die Häuser der Nachbarn.', title: 'Deutsch', externalId: 'a' });
    await harness().ingested('german', { text: '東京都は日本の首都です。', title: 'Japanisch', externalId: 'b' });
    const titles = async (query: string) => (await rag().search('german', { query })).passages.map(({ title }) => title);
    expect(await titles('Haus')).toEqual(['Deutsch']);
    expect(await titles('Häusern')).toEqual(['Deutsch']);
    expect(await titles('日本の首都')).toEqual(['Japanisch']);
  });

  it('refuses a mode it cannot serve instead of replacing it', async () => {
    await expect(rag().search('code', { query: 'owl', mode: 'vector' })).rejects.toMatchObject({ code: 'MODEL_CAPABILITY_MISSING' });
    expect(await rag().search('code', { query: 'owl', mode: 'lexical' })).toMatchObject({ mode: 'lexical' });
  });
});

describeService(
  'search by meaning',
  (harness) => {
    const rag = () => harness().client();
    beforeAll(async () => {
      await rag().putCollection('mixed');
      await harness().ingested('mixed', { text: 'Nocturnal feathered animals.', title: 'One', externalId: '1' });
      await harness().ingested('mixed', { text: 'A credential opens the door.', title: 'Two', externalId: '2' });
      await harness().ingested('mixed', { text: 'The money is spent.', title: 'Three', externalId: '3' });
    });

    it('finds what no word of the question is in, and says how it was found', async () => {
      const answer = await rag().search('mixed', { query: 'owl bird', topK: 1 });
      expect(answer).toMatchObject({ mode: 'hybrid', exhaustive: true, passages: [{ title: 'One' }] });
      expect(await rag().search('mixed', { query: 'owl', topK: 1, mode: 'vector' })).toMatchObject({ mode: 'vector', passages: [{ title: 'One' }] });
      expect((await rag().search('mixed', { query: 'owl', mode: 'lexical' })).passages).toEqual([]);
    });

    it('joins words and meaning', async () => {
      const { passages } = await rag().search('mixed', { query: 'door of the owl' });
      expect(passages.slice(0, 2).map(({ title }) => title).sort()).toEqual(['One', 'Two']);
      expect(passages.map(({ score }) => score)).toEqual(passages.map(({ score }) => score).sort((a, b) => b - a));
    });

    it('falls back to words while the model is away, and says so, unless a mode was asked for', async () => {
      harness().gateway.failWith = 503;
      expect(await rag().search('mixed', { query: 'credential' })).toMatchObject({ mode: 'lexical', degraded: expect.stringContaining('fake/embedder'), passages: [{ title: 'Two' }] });
      await expect(rag().search('mixed', { query: 'credential', mode: 'hybrid' })).rejects.toMatchObject({ retryable: true });
    });

    it('takes vectors of a deleted document away', async () => {
      const { id } = await harness().ingested('mixed', { text: 'An owl to delete.', title: 'Four', externalId: '4' });
      await rag().deleteDocument('mixed', id);
      const { passages } = await rag().search('mixed', { query: 'owl', mode: 'vector' });
      expect(passages.map(({ title }) => title)).not.toContain('Four');
    });
  },
  { EMBEDDING_MODEL: 'fake/embedder' },
);
