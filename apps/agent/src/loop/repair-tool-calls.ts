import type { ModelMessage } from './language-model.port';

/** What the model reads where a call has no result. */
export const MISSING_RESULT = JSON.stringify({ error: 'This call has no result: it was interrupted.' });

/**
 * Makes a conversation acceptable to every provider: each tool call is followed by exactly one result, each result
 * answers a call of the assistant message before it. One dangling call would otherwise make the provider refuse the
 * thread for ever.
 */
export function repairToolCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  const repaired: ModelMessage[] = [];
  let open = new Set<string>();
  const close = () => {
    for (const callId of open) repaired.push({ role: 'tool', callId, content: MISSING_RESULT });
    open = new Set();
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open.delete(message.callId)) repaired.push(message);
      continue;
    }
    close();
    repaired.push(message);
    if (message.role === 'assistant') open = new Set(message.toolCalls.map(({ id }) => id));
  }
  close();
  return repaired;
}
