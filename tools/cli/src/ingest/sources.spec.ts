import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sourcesOf } from './sources';

describe('sourcesOf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faas-sources-'));
  const put = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'x');
  };

  beforeAll(() => {
    for (const path of ['b.md', 'a/c.PDF', 'a/d.html', 'a/image.png', 'node_modules/e.md', '.git/f.md', '.hidden.md', 'a/.cache/g.txt']) put(path);
    symlinkSync(folder, join(folder, 'loop'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds readable files below a folder, leaves hidden ones and modules, follows no links', async () => {
    const { sources, ignored } = await sourcesOf('.', folder);
    expect(sources.map(({ name }) => name)).toEqual(['a/c.PDF', 'a/d.html', 'b.md']);
    expect(ignored).toEqual(['a/image.png']);
  });

  it('takes one file by its name and type', async () => {
    const { sources } = await sourcesOf('a/c.PDF', folder);
    expect(sources).toEqual([{ kind: 'file', name: 'c.PDF', path: join(folder, 'a/c.PDF'), mediaType: 'application/pdf' }]);
  });

  it('takes a URL as it is', async () => {
    expect(await sourcesOf('https://example.org/a', folder)).toEqual({ sources: [{ kind: 'url', name: 'https://example.org/a', url: 'https://example.org/a' }], ignored: [] });
  });

  it.each([['missing', /no file or folder/], ['ftp://x/', /^Only http and https URLs are fetched, not 'ftp:\/\/x\/'\.$/], ['a/image.png', /format that is not read/], ['empty', /holds no file/]])('says what is wrong with %s', async (target, message) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    await expect(sourcesOf(target, folder)).rejects.toThrow(message);
  });

  it('takes a folder that begins with a dot when it is named', async () => {
    expect((await sourcesOf('.git', folder)).sources).toHaveLength(1);
  });
});
