import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '@faas/errors';

/** Formats the rag service reads, by file name. */
export const mediaTypes: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.txt': 'text/plain',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.pdf': 'application/pdf',
};

export type Source =
  | { readonly kind: 'url'; readonly name: string; readonly url: string }
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly mediaType: string };

export interface Sources {
  readonly sources: readonly Source[];
  /** Files of formats that are not read. */
  readonly ignored: readonly string[];
}

const known = Object.keys(mediaTypes).join(', ');

/**
 * What `<file|folder|url>` means: one URL, one file, or all readable files below a folder except node_modules and
 * what begins with a dot. The name of a file in a folder is its path from there: its identity when it is ingested again.
 *
 * @throws AppError REQUEST_INVALID when there is nothing of that name or nothing to read.
 */
export async function sourcesOf(target: string, from: string): Promise<Sources> {
  if (/^https?:\/\//i.test(target)) return { sources: [{ kind: 'url', name: target, url: target }], ignored: [] };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) throw new AppError('REQUEST_INVALID', `Only http and https URLs are fetched, not '${target}'.`);
  const path = resolve(from, target);
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('REQUEST_INVALID', `There is no file or folder '${target}'.`, { cause });
  });
  if (!found.isDirectory()) {
    const mediaType = mediaTypes[extname(path).toLowerCase()];
    if (!mediaType) throw new AppError('REQUEST_INVALID', `'${target}' is of a format that is not read. Formats: ${known}.`);
    return { sources: [{ kind: 'file', name: basename(path), path, mediaType }], ignored: [] };
  }
  const sources: Source[] = [];
  const ignored: string[] = [];
  for await (const file of filesBelow(path)) {
    const name = relative(path, file).split(sep).join('/');
    const mediaType = mediaTypes[extname(file).toLowerCase()];
    if (mediaType) sources.push({ kind: 'file', name, path: file, mediaType });
    else ignored.push(name);
  }
  if (sources.length === 0) throw new AppError('REQUEST_INVALID', `'${target}' holds no file of a format that is read. Formats: ${known}.`);
  return { sources, ignored };
}

/** Links are not followed: they could lead in circles or out of the folder. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}
