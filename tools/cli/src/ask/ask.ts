import type { ChatAnswer } from '@faas/agent-contract';
import { AppError } from '@faas/errors';
import type { Citation } from '@faas/rag-contract';
import colors from 'picocolors';
import type { Connection } from '../connection';
import { citationLines } from './print-citations';

export interface AskOptions {
  readonly agent: string;
  readonly threadId?: string;
  readonly signal?: AbortSignal;
  /** Takes pieces of text as they come. */
  readonly write: (text: string) => void;
}

const extractiveNote =
  'The built-in extractive model answered: it quotes the documents and writes nothing of its own. For written answers set OPENAI_API_KEY or ANTHROPIC_API_KEY, or run Ollama, and start again.';

/** Asks an agent and prints its answer while it is written, then the citations. @throws AppError what ended the run. */
export async function ask({ agents, rag }: Pick<Connection, 'agents' | 'rag'>, question: string, { agent, threadId, signal, write }: AskOptions): Promise<ChatAnswer> {
  let streamed = '';
  let answer: ChatAnswer | undefined;
  for await (const frame of agents.streamChat(agent, { message: question, threadId }, { signal })) {
    if (frame.event === 'delta') {
      streamed += frame.data.text;
      write(frame.data.text);
    } else if (frame.event === 'run.finished') answer = frame.data;
  }
  if (!answer) throw new AppError('UPSTREAM_FAILED', 'The answer ended without its last event.');
  if (streamed.trim() !== answer.message.trim()) write(`${streamed ? `\n\n${colors.dim('With its citations checked:')}\n` : ''}${answer.message}`);
  write('\n');
  const paths = await externalIds(rag, answer.citations);
  if (answer.citations.length > 0) write(`\n${citationLines(answer.citations, ({ documentId }) => paths.get(documentId)).join('\n')}\n`);
  if (answer.model === 'local/extractive') write(`\n${colors.dim(extractiveNote)}\n`);
  return answer;
}

/** Where the cited documents come from, for people; a document deleted meanwhile has its title only. */
async function externalIds(rag: Connection['rag'], citations: readonly Citation[]): Promise<Map<string, string>> {
  const documents = new Map(citations.map(({ documentId, collection }) => [documentId, collection]));
  const found = await Promise.all(
    [...documents].map(([documentId, collection]) =>
      rag.getDocument(collection, documentId).then(
        ({ externalId }) => [documentId, externalId] as const,
        (error: unknown) => {
          if (AppError.hasCode(error, 'DOCUMENT_NOT_FOUND') || AppError.hasCode(error, 'COLLECTION_NOT_FOUND') || AppError.hasCode(error, 'SCOPE_MISSING')) return [documentId, null] as const;
          throw error;
        },
      ),
    ),
  );
  return new Map(found.flatMap(([id, externalId]) => (externalId ? [[id, externalId]] : [])));
}
