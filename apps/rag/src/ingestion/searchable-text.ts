import type { Chunk } from '../chunking/chunk';

/** What of a chunk can be matched: its own text in the context of its document, so that a passage that says "it" is found by what it is about. */
export function searchableText(title: string, { headingPath, context, text }: Chunk): string {
  return [title, ...headingPath, context, text].filter(Boolean).join('\n');
}
