import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface HandbookFile {
  /** Relative to the repository, with `/`: the document's external id. */
  readonly path: string;
  readonly text: string;
  /** SHA-256, hexadecimal, as the rag service computes it. */
  readonly hash: string;
}

const ignored = new Set(['node_modules', 'dist', 'src']);

/** The repository's documentation: README.md, docs/ and the README of each project. */
export async function handbookFiles(root: string): Promise<HandbookFile[]> {
  const found = await Promise.all([markdownBelow(root, 'docs'), ...['apps', 'libs', 'infra', 'tools'].map((folder) => markdownBelow(root, folder))]);
  const paths = ['README.md', ...found.flat()].filter((path) => path.startsWith('docs/') || path.endsWith('README.md')).sort();
  const files = await Promise.all(paths.map((path) => read(root, path)));
  // A file without text would be refused as an empty document.
  return files.filter((file) => file !== undefined && file.text.trim() !== '') as HandbookFile[];
}

async function read(root: string, path: string): Promise<HandbookFile | undefined> {
  const bytes = await readFile(join(root, path)).catch(absent);
  return bytes && { path, text: bytes.toString('utf8'), hash: createHash('sha256').update(bytes).digest('hex') };
}

async function markdownBelow(root: string, folder: string): Promise<string[]> {
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(absent)) ?? [];
  const nested = await Promise.all(
    entries
      .filter(({ name }) => !ignored.has(name) && !name.startsWith('.'))
      .map((entry) => (entry.isDirectory() ? markdownBelow(root, `${folder}/${entry.name}`) : entry.name.endsWith('.md') ? [`${folder}/${entry.name}`] : [])),
  );
  return nested.flat();
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
