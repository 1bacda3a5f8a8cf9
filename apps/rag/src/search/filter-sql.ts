import type { SearchFilter } from '@faas/rag-contract';

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

type Leaf = Exclude<SearchFilter, { filters: unknown }>;

/**
 * Compiles a filter to a condition on `metadata`. Keys and values only ever become parameters: `bind` adds one and gives
 * its placeholder.
 */
export function filterSql(filter: SearchFilter, bind: (value: unknown) => string): string {
  if ('filters' in filter) return `(${filter.filters.map((inner) => filterSql(inner, bind)).join(filter.type === 'and' ? ' AND ' : ' OR ')})`;
  return leafSql(filter, bind);
}

function leafSql(filter: Leaf, bind: (value: unknown) => string): string {
  switch (filter.type) {
    case 'eq':
      return equals(filter.key, filter.value, bind);
    case 'ne':
      return `NOT ${equals(filter.key, filter.value, bind)}`;
    case 'in':
      return `(${filter.value.map((value) => equals(filter.key, value, bind)).join(' OR ')})`;
    case 'nin':
      return `NOT (${filter.value.map((value) => equals(filter.key, value, bind)).join(' OR ')})`;
    default: {
      const field = `metadata -> ${bind(filter.key)}::text`;
      const value = bind(JSON.stringify(filter.value));
      return `coalesce(jsonb_typeof(${field}) = jsonb_typeof(${value}::jsonb) AND ${field} ${COMPARISONS[filter.type]} ${value}::jsonb, false)`;
    }
  }
}

/** A list field equals each of its elements. */
function equals(key: string, value: string | number | boolean, bind: (value: unknown) => string): string {
  const whole = bind(JSON.stringify({ [key]: value }));
  return typeof value === 'string' ? `(metadata @> ${whole}::jsonb OR metadata @> ${bind(JSON.stringify({ [key]: [value] }))}::jsonb)` : `(metadata @> ${whole}::jsonb)`;
}
