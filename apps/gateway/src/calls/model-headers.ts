import type { ResolvedModel } from './resolved-model';

/** Tells the caller which model answered, and of what kind it is: `extractive` answers are quotes, not writing. */
export function modelHeaders({ id, provider }: ResolvedModel): Record<string, string> {
  return { 'x-faas-model': encodeURI(id), 'x-faas-model-kind': provider.kind === 'extractive' ? 'extractive' : 'generative' };
}
