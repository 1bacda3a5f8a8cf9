import { allGenerated } from '../generated/all-generated';
import { staleFiles, writeFiles } from '../generated/generated-file';

/** Compares the generated files with the code, or writes them. @returns the exit code. */
export async function check(root: string, { write }: { readonly write: boolean }): Promise<number> {
  const stale = await staleFiles(root, await allGenerated(root));
  if (write) await writeFiles(root, stale);
  for (const { path } of stale) console.log(`${write ? 'written' : 'out of date'}: ${path}`);
  if (stale.length === 0) console.log('All generated files are up to date.');
  if (stale.length > 0 && !write) console.log('Run "npx nx run checks:write" and commit what it changes.');
  return stale.length === 0 || write ? 0 : 1;
}
