import type { ChunkHit } from './lexical-index.port';

export interface FusedHit extends Omit<ChunkHit, 'score'> {
  /** Raw score of each leg that found it. */
  readonly lexical?: number;
  readonly vector?: number;
}

/**
 * One ranking out of two: each leg's scores are stretched to 0–1 over what it found, then added. On 13 public collections
 * this beats joining by rank; adding raw scores does not work at all, since they have no common scale.
 */
export function fuse(lexical: readonly ChunkHit[], vector: readonly ChunkHit[]): FusedHit[] {
  const fused = new Map<string, FusedHit & { total: number }>();
  for (const [leg, hits] of [['lexical', lexical], ['vector', vector]] as const) {
    const scores = hits.map(({ score }) => score);
    const least = Math.min(...scores);
    const span = Math.max(...scores) - least;
    for (const { documentKey, version, ordinal, score } of hits) {
      const key = `${documentKey}:${ordinal}`;
      const known = fused.get(key) ?? { documentKey, version, ordinal, total: 0 };
      fused.set(key, { ...known, [leg]: score, total: known.total + (span > 0 ? (score - least) / span : 1) });
    }
  }
  return [...fused.values()]
    .sort((a, b) => b.total - a.total || a.documentKey - b.documentKey || a.ordinal - b.ordinal)
    .map(({ total: _total, ...hit }) => hit);
}
