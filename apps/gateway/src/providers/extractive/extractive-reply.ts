import * as z from 'zod';
import type { Message, ModelRequest, Tool } from '../model-request';
import { textOf } from '../model-request';
import { rankSentences, type Passage } from './ranking';

export const ABSTENTION = 'The passages that were found do not answer this question.';

export const SELF_DESCRIPTION =
  'This is local/extractive, the built-in model: it answers with sentences quoted from passages that a retrieval tool found, and writes nothing of its own. ' +
  'Set OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_BASE_URL or MODEL_PROVIDERS to configure a language model.';

/** What the model says: pieces of text, or one tool call. */
export type ExtractiveReply = { readonly kind: 'text'; readonly pieces: readonly string[] } | { readonly kind: 'tool-call'; readonly callId: string; readonly name: string; readonly arguments: string };

const toolResult = z.looseObject({
  passages: z.array(
    z.looseObject({
      number: z.int(),
      text: z.string(),
      title: z.string().nullish(),
      headingPath: z.array(z.string()).nullish(),
    }),
  ),
});

/** The whole model: a pure function of the conversation, as docs/api.md describes it. */
export function replyTo({ messages, tools, toolChoice }: ModelRequest): ExtractiveReply {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const question = asked < 0 ? '' : textOf(messages[asked]?.content ?? []);
  const last = messages.at(-1);
  if (last?.role === 'user' && toolChoice?.type !== 'none') {
    const tool = tools.find((candidate) => takesQuery(candidate) && (toolChoice?.type !== 'tool' || candidate.name === toolChoice.name));
    if (tool) return { kind: 'tool-call', callId: `call_extractive_${asked}`, name: tool.name, arguments: JSON.stringify({ query: question }) };
  }
  if (last?.role !== 'tool') return { kind: 'text', pieces: [SELF_DESCRIPTION] };
  const passages = passagesOf(messages.slice(asked + 1));
  return { kind: 'text', pieces: passages ? answerFrom(question, passages) : [SELF_DESCRIPTION] };
}

function takesQuery({ parameters }: Tool): boolean {
  const { required, properties } = parameters as { required?: unknown; properties?: Record<string, { type?: unknown } | undefined> };
  return Array.isArray(required) && required.includes('query') && properties?.['query']?.type === 'string';
}

/** Undefined when no tool returned passages: then it was not a search. */
function passagesOf(messages: readonly Message[]): Passage[] | undefined {
  const found = messages.filter(({ role }) => role === 'tool').flatMap(({ content }) => readPassages(textOf(content)));
  if (found.length === 0) return undefined;
  const numbered = new Map<number, Passage>();
  for (const passage of found.flat()) if (!numbered.has(passage.number)) numbered.set(passage.number, passage);
  return [...numbered.values()];
}

function readPassages(text: string): Passage[][] {
  const parsed = toolResult.safeParse(parseJson(text));
  if (!parsed.success) return [];
  return [parsed.data.passages.map(({ number, text, title, headingPath }) => ({ number, text, title: title ?? undefined, headingPath: headingPath ?? undefined }))];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Best sentence first; sentences of its passage follow in reading order, so that the answer reads as it was written. */
function answerFrom(question: string, passages: readonly Passage[]): string[] {
  const ranked = rankSentences(question, passages);
  if (ranked.length === 0) return [ABSTENTION];
  const order = [...new Set(ranked.map(({ passage }) => passage.number))];
  const sorted = [...ranked].sort((a, b) => order.indexOf(a.passage.number) - order.indexOf(b.passage.number) || a.position - b.position);
  return sorted.map(({ text, passage }, index) => `${index === 0 ? '' : ' '}${text} [${passage.number}]`);
}
