import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
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

  it('take no heading from the middle of a document as title, nor one that runs on for lines', async () => {
    const format = new MarkdownFormat();
    expect(await format.read({ bytes: bytesOf(`${'Words. '.repeat(400)}\n\n# Appendix\n\ntext`) })).not.toHaveProperty('title');
    expect(await format.read({ bytes: bytesOf(`# ${'A caption that goes on. '.repeat(20)}\n\ntext`) })).not.toHaveProperty('title');
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

  it('reads each cell of nested tables once, and the rows of tables in layout cells', async () => {
    const page = '<table><tr><td>Left</td><td><table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table></td></tr><tr><td><p>Foot</p><p>note</p></td></tr></table>';
    expect(blocksOf(await format.read({ bytes: bytesOf(page) }))).toEqual([
      ['paragraph', 'Left'],
      ['table', 'k | v\n1 | 2'],
      ['paragraph', 'Foot'],
      ['paragraph', 'note'],
    ]);
  });

  it.each([
    ['tables', '<table><tr><td>x'.repeat(2000)],
    ['tables beside cells', '<table><tr><td>x</td><td>y'.repeat(2000)],
    ['tables without cells', '<table><tr>'.repeat(2000)],
    ['cells in cells', '<table><tr><td>a</td>' + '<td><div>x'.repeat(2000)],
    ['tables behind a menu', `<nav>n</nav>${'<table><tr><td>x'.repeat(2000)}`],
    ['pieces of one paragraph', `<p>${'<b>a</b> <br>'.repeat(20_000)}`],
    ['blanks in code', `<pre>a${' '.repeat(200_000)}b</pre>`],
    ['very many children', `<main>${'<i>x</i>'.repeat(150_000).slice(0, 500_000)}</main>`],
  ])('takes time and gives text by the size of the page: %s', async (_, nested) => {
    const html = `<p>start</p>${nested}`;
    await format.read({ bytes: bytesOf('<p>warm</p>') });
    const started = performance.now();
    const { text } = await format.read({ bytes: bytesOf(html) });
    // Far from both: what grows with the square takes minutes, what grows with the size a second, also on a busy machine.
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(text.length).toBeLessThan(html.length);
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

  describe('bounds what streams unpack to', () => {
    const MB = 1024 * 1024;
    const refused = { code: 'DOCUMENT_UNREADABLE', message: expect.stringContaining('unpacks to more than') as string };
    const bomb = deflateSync(Buffer.alloc(128 * MB, 'q Q '));
    const hex = (bytes: Buffer) => Buffer.from(`${bytes.toString('hex')}>`);

    it.each([
      ['plain', '/Filter /FlateDecode', bomb],
      ['in an array, with an escaped name', '/Filter [/Fl#61teDecode]', bomb],
      ['named in another object', '/Filter 9 0 R', bomb],
      ['packed twice', '/Filter [/FlateDecode /FlateDecode]', deflateSync(bomb)],
      ['written as hex', '/Filter [/ASCIIHexDecode /FlateDecode]', hex(bomb)],
      ['cut off', '/Filter /FlateDecode', bomb.subarray(0, bomb.length / 2)],
      ['run lengths', '/Filter /RunLengthDecode', Buffer.alloc(MB / 2, Buffer.from([129, 32]))],
      ['an image and a form at once', '/Filter /FlateDecode /Subtype /Image /Width 1 /Height 1 /Subtype /Form', bomb],
    ])('a bomb is refused before it is read: %s', async (_, filter, packed) => {
      const bytes = pdfWith(filter, packed);
      const started = performance.now();
      await expect(format.read({ bytes })).rejects.toMatchObject(refused);
      await expect(format.check({ bytes })).rejects.toMatchObject(refused);
      expect(performance.now() - started).toBeLessThan(20_000);
    });

    it('lets other work go on while it searches a file of nothing but the word', async () => {
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      await expect(format.check({ bytes: Buffer.alloc(MB, 'stream\n') })).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
      clearInterval(timer);
      expect(turns).toBeGreaterThan(10);
    });

    it('counts all streams of a document together', async () => {
      const stream = deflateSync(Buffer.alloc(7 * MB, ' '));
      await expect(format.read({ bytes: pdfWith(...Array.from({ length: 20 }, () => ['/Filter /FlateDecode', stream] as const).flat()) })).rejects.toMatchObject(refused);
    });

    it('a large image stays readable beside the text, and noise behind the word stream is left alone', async () => {
      const text = 'BT /F1 12 Tf 72 700 Td (Owls sleep by day.) Tj ET';
      const image = deflateSync(Buffer.alloc(30 * MB, 255));
      const bytes = pdfWith('/Filter /FlateDecode', deflateSync(Buffer.from(text)), '/Type /XObject /Subtype /Image /Width 5000 /Height 2000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode', image, '/Filter /FlateDecode', randomBytes(5000));
      expect((await format.read({ bytes })).text).toBe('Owls sleep by day.');
    });

    it('reads compressed text as pdfkit writes it', async () => {
      const bytes = await samplePdf([Array.from({ length: 400 }, (_, index) => `Sentence ${index} about owls.`).join(' ')], { compress: true });
      expect((await new PdfFormat({ maxPages: 50, deadlineMs: 20_000 }).read({ bytes })).text).toContain('Sentence 399 about owls.');
    });
  });
});

/** A page whose content is the first of the streams; each is a part of a dictionary and its packed bytes. */
function pdfWith(...streams: readonly (string | Buffer)[]): Uint8Array {
  const head = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 10 0 R /Resources << /Font << /F1 4 0 R >> >> >> endobj
4 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
9 0 obj /FlateDecode endobj
`;
  const parts = [Buffer.from(head)];
  for (let index = 0; index + 1 < streams.length; index += 2) {
    const [dictionary = '', packed = ''] = streams.slice(index, index + 2);
    parts.push(Buffer.from(`${10 + index} 0 obj << ${dictionary.toString()} /Length ${packed.length} >>\nstream\n`), Buffer.from(packed as Buffer), Buffer.from('\nendstream endobj\n'));
  }
  return Buffer.concat([...parts, Buffer.from('trailer << /Root 1 0 R >>\n%%EOF')]);
}
