import { termsOf } from './words';

describe('termsOf', () => {
  it.each([
    [['configure', 'configured', 'configuration', 'configures', 'configuring']],
    [['provider', 'providers', 'provides']],
    [['answer', 'answers', 'answered', 'answering']],
    [['key', 'keys']],
    [['retrieve', 'retrieval', 'retrieved']],
    [['policy', 'policies']],
    [['Café', 'cafe']],
  ])('takes %j for one word', (forms) => {
    expect(new Set(forms.flatMap(termsOf)).size).toBe(1);
  });

  it('splits identifiers', () => {
    expect(termsOf('GATEWAY_SERVICE_URL maxOutputTokens nx.json')).toEqual([...termsOf('gateway service url'), ...termsOf('max output tokens'), ...termsOf('nx json')]);
  });

  it('leaves out words that say nothing', () => {
    expect(termsOf('How does it work, and what is this for?')).toEqual([]);
  });

  it('keeps different words apart', () => {
    expect(new Set(termsOf('status state statue running ranking')).size).toBe(5);
  });
});
