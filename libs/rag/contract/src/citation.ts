import { idOf, resourceName } from '@faas/api';
import * as z from 'zod';

/** A claim's evidence, verified before it left: content[start:end] === quote, by Unicode code points. */
export const citation = z
  .object({
    number: z.int().min(1).describe('The n of `[n]` in the answer.'),
    collection: resourceName.describe('Name of the collection.'),
    documentId: idOf('doc').describe('Document that is quoted.'),
    version: z.int().describe('Version that `start` and `end` refer to.'),
    title: z.string().describe('Title of the document.'),
    headingPath: z.array(z.string()).describe('Headings above the quote, outermost first.'),
    start: z.int().describe('First Unicode code point of the quote in the canonical text.'),
    end: z.int().describe('Code point after the last one.'),
    quote: z.string().describe('The sentence or sentences that support the claim, verbatim.'),
    url: z.string().nullish().describe('Where the document was fetched.'),
  })
  .meta({ id: 'Citation' });
export type Citation = z.infer<typeof citation>;
