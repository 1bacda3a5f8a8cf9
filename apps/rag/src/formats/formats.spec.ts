import { samplePdf } from '../../test/sample-pdf';
import { decodeText } from './canonical-text';
import { HtmlFormat } from './document-formats/html.adapter';
import { MarkdownFormat } from './document-formats/markdown.adapter';
import { PdfFormat } from './document-formats/pdf.adapter';
import { PlainTextFormat } from './document-formats/plain-text.adapter';
import type { StructuredText } from './structured-text';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const blocksOf = ({ text, blocks }: StructuredText) => blocks.map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe('text formats', () => {
  it('keep the file itself as canonical text, with LF line ends', async () => {
    const { text } = await new PlainTextFormat().read({ bytes: bytesOf('\uFEFFone\r\ntwo\rthree\n') });
    expect(text).toBe('one\ntwo\nthree\n');
  });

  it('read Windows-1252 when bytes are not UTF-8, and the announced charset', () => {
    expect(decodeText(new Uint8Array([0x63, 0x61, 0x66, 0xe9]))).toBe('café');
    expect(decodeText(new Uint8Array([0xf5, 0xf2]), 'koi8-r')).toBe('УР');
    expect(decodeText(new Uint8Array([0xff, 0xfe, 0x68, 0, 0x69, 0]))).toBe('hi');
  });

  it('refuse binary data and unknown charsets', () => {
    expect(() => decodeText(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 1, 2, 0, 0]))).toThrow(expect.objectContaining({ code: 'DOCUMENT_UNREADABLE' }));
    expect(() => decodeText(bytesOf('x'), 'klingon')).toThrow(expect.objectContaining({ code: 'DOCUMENT_UNREADABLE' }));
  });

  it.each([['', 'nothing'], [' \n\t ', 'white space']])('refuse %j: %s', async (text) => {
    for (const format of [new PlainTextFormat(), new MarkdownFormat(), new HtmlFormat()]) {
      await expect(format.check({ bytes: bytesOf(text) })).rejects.toMatchObject({ code: 'DOCUMENT_EMPTY' });
    }
  });

  it('take the first heading of Markdown as title', async () => {
    expect(await new MarkdownFormat().read({ bytes: bytesOf('## a\n\n# The `API` *guide*\n\ntext') })).toMatchObject({ title: 'The API guide' });
  });
});

describe('HtmlFormat', () => {
  const format = new HtmlFormat();

  it('extracts headings, paragraphs, lists, tables and code in reading order', async () => {
    const page = `<!doctype html><title>T &amp; C</title><body><nav>Menu</nav><main><h1>Top  level</h1><p>One <b>bold</b>
      word.<br>Next line.</p><ul><li>a</li><li>b <i>c</i></li></ul><pre>x = 1\n  y</pre><table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table><script>no()</script></main>`;
    const read = await format.read({ bytes: bytesOf(page) });
    expect(blocksOf(read)).toEqual([
      ['heading', 'Top level'],
      ['paragraph', 'One bold word.\nNext line.'],
      ['list', '- a'],
      ['list', '- b c'],
      ['code', 'x = 1\n  y'],
      ['table', 'k | v\n1 | 2'],
    ]);
    expect(read.title).toBe('T & C');
  });

  it('keeps everything of a page whose content is not marked', async () => {
    const read = await format.read({ bytes: bytesOf('<p>First.</p>Loose text<div>Second <a href="#">link</a>.</div>') });
    expect(read.text).toBe('First.\n\nLoose text\n\nSecond link.');
  });

  it('reads the charset that the page declares', async () => {
    const bytes = Buffer.from('<meta charset="iso-8859-1"><p>caf\u00e9</p>', 'latin1');
    expect((await format.read({ bytes })).text).toBe('café');
  });

  it('survives deep nesting and broken markup', async () => {
    const read = await format.read({ bytes: bytesOf(`<p>start</p>${'<div>'.repeat(3000)}deep${'<b>'.repeat(50)}<p>unclosed`) });
    expect(read.text).toContain('start');
  });
});

describe('PdfFormat', () => {
  const format = new PdfFormat({ maxPages: 5, deadlineMs: 20_000 });

  it('reads text page by page', async () => {
    const read = await format.read({ bytes: await samplePdf(['The owl sleeps by day.\n\nIt hunts at night.', 'Second page.'], { info: { Title: 'Owls' } }) });
    expect(read.title).toBe('Owls');
    expect(read.text).toContain('The owl sleeps by day.');
    expect(read.blocks.filter(({ kind }) => kind === 'heading').map(({ label }) => label)).toEqual(['Page 1', 'Page 2']);
  });

  it('names what is wrong with encrypted, damaged, empty and oversized documents', async () => {
    const good = await samplePdf(['text']);
    const check = (bytes: Uint8Array) => format.check({ bytes });
    await expect(check(await samplePdf(['secret'], { userPassword: 'p' }))).rejects.toMatchObject({ code: 'DOCUMENT_ENCRYPTED' });
    await expect(check(bytesOf('not a pdf'))).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
    await expect(check(good.slice(0, 200))).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
    await expect(check(await samplePdf(['']))).rejects.toMatchObject({ code: 'DOCUMENT_EMPTY' });
    await expect(check(await samplePdf(Array.from({ length: 6 }, () => 'x')))).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    await expect(check(good)).resolves.toBeUndefined();
  });
});
