export interface OwnerRule {
  readonly pattern: string;
  readonly owners: readonly string[];
}

/** Reads a CODEOWNERS file: one pattern and its owners a line, `#` begins a comment. */
export function parseCodeowners(text: string): OwnerRule[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [pattern = '', ...owners] = line.split(/\s+/);
      return { pattern, owners };
    });
}

/** Owners of a path relative to the repository: as on GitHub, the last pattern that matches decides. */
export function ownersOf(rules: readonly OwnerRule[], path: string): readonly string[] {
  return rules.findLast(({ pattern }) => matches(pattern, path))?.owners ?? [];
}

/** Patterns we use: `*` for everything, `/folder/` and `/file` from the root, `name/` anywhere. */
function matches(pattern: string, path: string): boolean {
  if (pattern === '*') return true;
  const anchored = pattern.startsWith('/') || pattern.slice(0, -1).includes('/');
  const bare = pattern.replace(/^\//, '').replace(/\/$/, '');
  if (anchored) return path === bare || path.startsWith(`${bare}/`);
  return path.split('/').includes(bare);
}
