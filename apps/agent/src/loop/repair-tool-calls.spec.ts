import fc from 'fast-check';
import type { ModelMessage } from './language-model.port';
import { MISSING_RESULT, repairToolCalls } from './repair-tool-calls';

const call = (id: string) => ({ id, name: 'search', arguments: '{}' });
const asks = (...ids: string[]): ModelMessage => ({ role: 'assistant', content: '', toolCalls: ids.map(call) });
const result = (callId: string): ModelMessage => ({ role: 'tool', callId, content: 'found' });
const user: ModelMessage = { role: 'user', content: 'hi' };

describe('repairToolCalls', () => {
  it('leaves a whole conversation alone', () => {
    const messages = [user, asks('a', 'b'), result('b'), result('a'), user];
    expect(repairToolCalls(messages)).toEqual(messages);
  });

  it('answers a dangling call and drops a result without a call', () => {
    expect(repairToolCalls([result('x'), asks('a', 'b'), result('a'), user, result('b')])).toEqual([
      asks('a', 'b'),
      result('a'),
      { role: 'tool', callId: 'b', content: MISSING_RESULT },
      user,
    ]);
  });

  it('makes every conversation one where each call has exactly one result, directly after it', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const message = fc.oneof(fc.constant(user), fc.uniqueArray(id).map((ids) => asks(...ids)), id.map(result));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const repaired = repairToolCalls(messages);
        const open: string[] = [];
        for (const entry of repaired) {
          if (entry.role === 'tool') {
            expect(open).toContain(entry.callId);
            open.splice(open.indexOf(entry.callId), 1);
          } else {
            expect(open).toEqual([]);
            if (entry.role === 'assistant') open.push(...entry.toolCalls.map(({ id: opened }) => opened));
          }
        }
        expect(open).toEqual([]);
        expect(repairToolCalls(repaired)).toEqual(repaired);
      }),
    );
  });
});
