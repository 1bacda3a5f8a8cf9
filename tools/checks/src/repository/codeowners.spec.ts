import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownersOf, parseCodeowners } from './codeowners';
import { projectsOf } from './nx';
import { repositoryRoot } from './repository-root';

describe('CODEOWNERS', () => {
  it('is read as GitHub reads it: the last match decides', () => {
    const rules = parseCodeowners('# all\n* @a\n/libs/rag/ @b # retrieval\n/libs/rag/client/ @c\ndocs/ @d\n');
    expect(ownersOf(rules, 'README.md')).toEqual(['@a']);
    expect(ownersOf(rules, 'libs/rag/contract/x.ts')).toEqual(['@b']);
    expect(ownersOf(rules, 'libs/rag/client/x.ts')).toEqual(['@c']);
    expect(ownersOf(rules, 'libs/rags/x.ts')).toEqual(['@a']);
    expect(ownersOf(rules, 'apps/docs/x.md')).toEqual(['@d']);
  });

  const rules = parseCodeowners(readFileSync(join(repositoryRoot, 'CODEOWNERS'), 'utf8'));

  it.each(projectsOf(repositoryRoot))('gives $name exactly one owner', ({ folder }) => {
    expect(ownersOf(rules, `${folder}/project.json`)).toHaveLength(1);
    const within = rules.filter(({ pattern }) => pattern.startsWith(`/${folder}/`) && pattern !== `/${folder}/`);
    expect(within).toEqual([]);
  });
});
