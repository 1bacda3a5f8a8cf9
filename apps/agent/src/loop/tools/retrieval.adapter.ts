import type { RetrievalTool } from '@faas/agent-contract';
import type { RagClient } from '@faas/rag-client';
import * as z from 'zod';
import { Tool, type ParsedArguments, type ToolResult } from '../tool.port';

/** Tests need no more than this of the client. */
export type PassageSearch = Pick<RagClient, 'search'>;

const searchArguments = z.strictObject({
  query: z.string().trim().min(1).describe('What to look for: a question or the words that the passage would contain.'),
  topK: z.int().min(1).max(20).optional().describe('How many passages at most. Default 8.'),
});

const DEFAULT_TOP_K = 8;
/** Longer questions find nothing more, and a model may pass a whole document on. */
const MAX_QUERY_CHARACTERS = 8_000;

/** Searches one collection of the rag service. Never asks it for an answer: the agent's own model writes that. */
export class RetrievalAdapter extends Tool {
  readonly description;

  constructor(
    private readonly rag: PassageSearch,
    private readonly configured: RetrievalTool,
    name: string,
  ) {
    super();
    this.description = {
      name,
      description: `Searches the collection "${configured.collection}" and returns numbered passages to cite. Search before you answer; search again with other words when the passages do not answer.`,
      parameters: z.toJSONSchema(searchArguments),
    };
  }

  parse(value: unknown): ParsedArguments {
    const parsed = searchArguments.safeParse(value);
    return parsed.success ? { valid: true, value: parsed.data } : { valid: false, problem: z.prettifyError(parsed.error) };
  }

  async execute(args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolResult> {
    const { query, topK = DEFAULT_TOP_K } = searchArguments.parse(args);
    const answer = await this.rag.search(this.configured.collection, { query: query.slice(0, MAX_QUERY_CHARACTERS), topK }, { signal });
    return { facts: { mode: answer.mode }, passages: answer.passages };
  }
}
