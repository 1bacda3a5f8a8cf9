import { openConversation, type Utterance } from './conversation';

const user = (content: string): Utterance => ({ role: 'user', content, citations: [] });
const assistant = (content: string, ...numbers: number[]): Utterance => ({ role: 'assistant', content, citations: numbers.map((number) => ({ number })) });

describe('openConversation', () => {
  it('explains citing only to an agent with tools', () => {
    expect(openConversation('Be kind.', false, [user('Hi')], 100)[0]).toEqual({ role: 'system', content: 'Be kind.' });
    expect(openConversation('Be kind.', true, [user('Hi')], 100)[0]?.content).toMatch(/^Be kind\.\n\n.*\[1\]/);
  });

  it('drops whole turns, oldest first, and never the question', () => {
    const thread = [user('aaaa'), assistant('bbbb'), user('cccc'), assistant('dddd'), user('eeee')];
    const contents = (budget: number) => openConversation('i', false, thread, budget).slice(1).map(({ content }) => content);
    expect(contents(20)).toEqual(['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']);
    expect(contents(19)).toEqual(['cccc', 'dddd', 'eeee']);
    expect(contents(8)).toEqual(['eeee']);
    expect(contents(0)).toEqual(['eeee']);
  });

  it('removes the markers of earlier answers, because numbers belong to one run', () => {
    const [, , answer] = openConversation('i', false, [user('q'), assistant('So it is [1]. And so [1, 2]. Keep list[7].', 1, 2), user('q2')], 1_000);
    expect(answer?.content).toBe('So it is. And so. Keep list[7].');
  });
});
