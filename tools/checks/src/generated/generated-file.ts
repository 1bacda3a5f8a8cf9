import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file (or a part of one) that is made from code and committed. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  /** The whole content as it should be, given what stands there now. */
  readonly render: (current: string) => string;
}

export interface StaleFile {
  readonly path: string;
  readonly wanted: string;
}

/** Which of the files differ from what the code says. */
export async function staleFiles(root: string, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const compared = await Promise.all(
    files.map(async ({ path, render }) => {
      const file = join(root, path);
      const current = existsSync(file) ? await readFile(file, 'utf8') : '';
      const wanted = render(current);
      return wanted === current ? undefined : { path, wanted };
    }),
  );
  return compared.filter((file) => file !== undefined);
}

export async function writeFiles(root: string, files: readonly StaleFile[]): Promise<void> {
  for (const { path, wanted } of files) await writeFile(join(root, path), wanted);
}
