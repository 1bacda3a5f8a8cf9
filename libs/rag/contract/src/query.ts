import type { StreamFrame } from '@faas/api';
import * as z from 'zod';
import { citation, type Citation } from './citation';
import { searchFilter, searchModes, type Passage, type SearchMode } from './search';

export const queryRequest = z
  .strictObject({
    query: z.string().min(1).max(200_000).describe('The question.'),
    stream: z.boolean().default(false).describe('True: server-sent events instead of one JSON answer.'),
    topK: z.int().min(1).max(20).default(8).describe('How many passages the model gets at most.'),
    filter: searchFilter.optional().describe('Only documents whose metadata match.'),
    mode: z.enum(searchModes).optional().describe('As for search.'),
    model: z.string().min(1).max(200).optional().describe('Model that writes the answer. Default: the service\'s, else the gateway\'s.'),
  })
  .meta({ id: 'QueryRequest' });
export type QueryRequest = z.infer<typeof queryRequest>;
export type QueryInput = z.input<typeof queryRequest>;

export const outcomes = ['answered', 'partial', 'abstained'] as const;
export type Outcome = (typeof outcomes)[number];

export const outcomeReasons = ['no_passages', 'weak_evidence', 'no_citations', 'citations_unresolved', 'truncated'] as const;
/**
 * Abstained: `no_passages` nothing was found, `weak_evidence` nothing found is likely to be relevant (no model was asked),
 * `no_citations` the model gave no evidence for what it said. Partial: `citations_unresolved` markers without a passage
 * were removed, `truncated` the model reached its length limit.
 */
export type OutcomeReason = (typeof outcomeReasons)[number];

export const tokenUsage = z
  .object({ inputTokens: z.int().describe('Tokens the model read.'), outputTokens: z.int().describe('Tokens the model wrote.') })
  .meta({ id: 'TokenUsage' });
export type TokenUsage = z.infer<typeof tokenUsage>;

export const queryAnswer = z
  .object({
    outcome: z.enum(outcomes).describe('`abstained`: there is no answer with evidence; `reason` says why.'),
    reason: z.enum(outcomeReasons).optional().describe('Why the outcome is not `answered`.'),
    answer: z.string().describe('The answer with its `[n]` markers, every one of which has a citation.'),
    citations: z.array(citation).describe('In the order of the markers.'),
    mode: z.enum(searchModes).describe('How passages were found.'),
    model: z.string().nullable().describe('Model that answered; null when none was asked.'),
    usage: tokenUsage,
  })
  .meta({ id: 'QueryAnswer' });
export type QueryAnswer = z.infer<typeof queryAnswer>;

/** Frames of a streamed query. A delta is what the model writes; `done` is what holds. */
export type QueryFrame =
  | StreamFrame<'started', { mode: SearchMode; model: string | null }>
  | StreamFrame<'passages', { passages: Passage[] }>
  | StreamFrame<'delta', { text: string }>
  | StreamFrame<'citation', Citation>
  | StreamFrame<'done', QueryAnswer>;
