import * as z from 'zod';

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('How many items at most.'),
  after: z.string().min(1).max(200).optional().describe('`lastId` of the page before.'),
});
export type PageQuery = z.infer<typeof pageQuery>;

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    hasMore: z.boolean().describe('Whether a further page follows.'),
    lastId: z.string().nullable().describe('Id of the last item here, to be sent as `after`; null on an empty page.'),
  });
}

export interface Page<T> {
  readonly data: T[];
  readonly hasMore: boolean;
  readonly lastId: string | null;
}

/** Builds a page from `limit + 1` rows: the surplus row only tells that more follow. */
export function toPage<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const data = rows.slice(0, limit);
  return { data, hasMore: rows.length > limit, lastId: data.at(-1)?.id ?? null };
}
