import { idOf, resourceName } from '@faas/api';
import * as z from 'zod';
import { storableText } from './storable-text';

export const searchModes = ['lexical', 'vector', 'hybrid'] as const;
export type SearchMode = (typeof searchModes)[number];

const comparable = z.union([storableText(2000), z.number(), z.boolean()]);
const key = storableText(64, 1).describe('Metadata field.');

const comparison = z.strictObject({
  type: z.enum(['eq', 'ne', 'gt', 'gte', 'lt', 'lte']).describe('A field that is absent equals nothing; a list field equals what it contains.'),
  key,
  value: comparable.describe('Value of the same type.'),
});
const membership = z.strictObject({ type: z.enum(['in', 'nin']).describe('One of the values, or none of them.'), key, value: z.array(comparable).min(1).max(100).describe('The values.') });

export type SearchFilter = z.infer<typeof comparison> | z.infer<typeof membership> | { type: 'and' | 'or'; filters: SearchFilter[] };

/** Conditions on metadata, as in OpenAI's vector stores. */
export const searchFilter: z.ZodType<SearchFilter> = z
  .union([
    comparison,
    membership,
    z.strictObject({
      type: z.enum(['and', 'or']).describe('All or any of the conditions.'),
      get filters() {
        return z.array(searchFilter).min(1).max(20).describe('The conditions.');
      },
    }),
  ])
  .meta({ id: 'SearchFilter' });

const MAX_FILTER_NODES = 100;

function countNodes(filter: SearchFilter): number {
  return 'filters' in filter ? filter.filters.reduce((count, inner) => count + countNodes(inner), 1) : 1;
}

const query = z.string().min(1).max(200_000).describe('The question or the words to find.');
const filter = searchFilter.refine((value) => countNodes(value) <= MAX_FILTER_NODES, `Expected ${MAX_FILTER_NODES} conditions at most.`).optional().describe('Only documents whose metadata match.');
const mode = z.enum(searchModes).optional().describe('Default: the best the collection offers. One asked for is refused with an error when it is not possible, never replaced.');

export const searchRequest = z
  .strictObject({ query, topK: z.int().min(1).max(50).default(10).describe('How many passages at most.'), filter, mode })
  .meta({ id: 'SearchRequest' });
export type SearchRequest = z.infer<typeof searchRequest>;
/** What a caller writes: defaults may be left out. */
export type SearchInput = z.input<typeof searchRequest>;

export const passage = z
  .object({
    number: z.int().min(1).describe('Position in the answer, from 1; what `[n]` refers to.'),
    collection: resourceName.describe('Name of the collection.'),
    documentId: idOf('doc').describe('Document the passage is from.'),
    version: z.int().describe('Version of the document that `start` and `end` refer to.'),
    title: z.string().describe('Title of the document.'),
    headingPath: z.array(z.string()).describe('Headings above the passage, outermost first.'),
    start: z.int().describe('First Unicode code point in the canonical text.'),
    end: z.int().describe('Code point after the last one.'),
    text: z.string().describe('content[start:end], verbatim.'),
    context: z.string().nullish().describe('What the passage needs to be understood and does not contain: the header row of a table that was cut.'),
    url: z.string().nullish().describe('Where the document was fetched.'),
    score: z.number().min(0).max(1).describe('How likely the passage is to be relevant, comparable between queries; 0 to 1.'),
  })
  .meta({ id: 'Passage' });
export type Passage = z.infer<typeof passage>;

export const searchAnswer = z
  .object({
    mode: z.enum(searchModes).describe('How these passages were found.'),
    passages: z.array(passage).describe('Best first.'),
    exhaustive: z.boolean().describe('Whether every chunk was considered: false with an approximate index, while vectors are missing, or when a very long query was cut to its rarest words.'),
    degraded: z.string().nullish().describe('Why a better mode was not used, when it should have been.'),
  })
  .meta({ id: 'SearchAnswer' });
export type SearchAnswer = z.infer<typeof searchAnswer>;
