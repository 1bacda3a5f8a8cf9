import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What tools/checks/totals.reporter.cjs writes for one project. */
interface ProjectResult {
  readonly project: string;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

export const resultsFolder = 'dist/test-results';

/** Counts of one project; one that left no counts did not run, which counts as a failure. */
export function projectResult(root: string, project: string): ProjectResult {
  const file = join(root, resultsFolder, `${project}.json`);
  if (!existsSync(file)) return { project, passed: 0, failed: ['its tests did not run; see the output above'], skipped: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as ProjectResult;
}
