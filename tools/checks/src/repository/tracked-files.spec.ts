import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectsOf } from './nx';
import { repositoryRoot } from './repository-root';

const maxBytes = 2 * 1024 * 1024;
const maxSourceLines = 400;
/** Folders of one machine, and the file protocol of one. Written in pieces so that this file passes itself. */
const machinePath = new RegExp(`(?<![\\w.@-])(${['/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/[a-z]', '/Use' + 'rs/[A-Za-z]', 'C:' + '\\\\Users'].join('|')})`);

describe('tracked files', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, maxBuffer: 64 * 1024 * 1024 }).toString().split('\0').filter((file) => file !== '');
  // A file deleted but not yet committed is still listed.
  const present = files.filter((file) => statSync(join(repositoryRoot, file), { throwIfNoEntry: false })?.isFile());
  const texts = present.filter((file) => /\.(ts|mjs|cjs|json|md|yml|yaml|sh|txt)$|^[^.]+$/.test(file) && file !== 'package-lock.json');

  it('are of a size that belongs in a repository', () => {
    expect(present.filter((file) => statSync(join(repositoryRoot, file)).size > maxBytes)).toEqual([]);
  });

  it('are sources that a person can read in one go', () => {
    const long = present.filter((file) => file.endsWith('.ts') && readFileSync(join(repositoryRoot, file), 'utf8').split('\n').length > maxSourceLines);
    expect(long).toEqual([]);
  });

  it('explain each project in a README', () => {
    const folders = projectsOf(repositoryRoot).filter(({ name }) => name !== 'everything').map(({ folder }) => folder);
    expect(folders.filter((folder) => !existsSync(join(repositoryRoot, folder, 'README.md')))).toEqual([]);
  });

  it('name no folder of one machine', () => {
    expect(texts.filter((file) => machinePath.test(readFileSync(join(repositoryRoot, file), 'utf8')))).toEqual([]);
  });

  it('hold no address of a package index in the lockfile', () => {
    const lock = readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8');
    expect([...lock.matchAll(/"resolved": "([^"]*)"/g)].map(([, address]) => address)).toEqual([]);
  });
});
