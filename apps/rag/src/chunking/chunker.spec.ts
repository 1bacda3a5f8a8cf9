import { codePointLength, sliceByCodePoints } from '@faas/rag-contract';
import fc from 'fast-check';
import { toCanonicalText } from '../formats/canonical-text';
import { markdownBlocks } from '../formats/markdown-blocks';
import { plainTextBlocks } from '../formats/plain-text-blocks';
import { chunkDocument } from './chunker';

const limits = { chunkCharacters: 200, chunkOverlap: 0 };
const chunksOf = async (text: string, chunkLimits = limits) => chunkDocument({ text, blocks: await markdownBlocks(text) }, chunkLimits);

describe('chunkDocument', () => {
  it('cuts along sections and names the headings above each chunk', async () => {
    const body = 'Words that fill the section up to a useful size. '.repeat(3);
    const text = `# Guide\n\n${body}\n\n## Install\n\n${body}\n\n## Use\n\n${body}`;
    const chunks = await chunksOf(text);
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([['Guide'], ['Guide', 'Install'], ['Guide', 'Use']]);
    expect(chunks[1]?.text.startsWith('## Install')).toBe(true);
  });

  it('never leaves a heading alone at the end of a chunk', async () => {
    const chunks = await chunksOf(`${'a b c d '.repeat(20)}\n\n# Next\n\n${'e f g h '.repeat(23)}`);
    expect(chunks.map(({ text }) => text.slice(0, 6))).toEqual(['a b c ', '# Next']);
  });

  it('keeps a code fence whole when it is a little over the limit', async () => {
    const fence = `\`\`\`ts\n${'const value = 1;\n\n'.repeat(14)}\`\`\``;
    const chunks = await chunksOf(`Intro.\n\n${fence}\n\nOutro.`);
    expect(chunks.some(({ text }) => text.includes(fence))).toBe(true);
  });

  it('cuts a long table between rows and gives every part the header', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => `| row ${index} | value ${index} |`);
    const chunks = await chunksOf(`| name | value |\n| --- | --- |\n${rows.join('\n')}`);
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks.slice(1)) expect(chunk.context).toBe('| name | value |\n| --- | --- |');
    expect(chunks.flatMap(({ text }) => text.split('\n')).filter((line) => line.startsWith('| row'))).toEqual(rows);
  });

  it('repeats whole sentences of the chunk before when an overlap is asked for', () => {
    const text = Array.from({ length: 20 }, (_, index) => `Sentence number ${index} is here.`).join(' ');
    const chunks = chunkDocument({ text, blocks: plainTextBlocks(text) }, { chunkCharacters: 200, chunkOverlap: 60 });
    expect(chunks[1]?.text.startsWith('Sentence number')).toBe(true);
    expect(chunks[1]!.start).toBeLessThan(chunks[0]!.end);
  });

  it('reads front matter as no part of the document', async () => {
    const chunks = await chunksOf('---\ntitle: x\n---\n# Title\n\nText.');
    expect(chunks).toMatchObject([{ text: '# Title\n\nText.', headingPath: ['Title'] }]);
  });

  const fragment = fc.oneof(
    fc.constantFrom('# H\n', '## 🦉 K\n\n', '- item\n', '| a | b |\n| - | - |\n| 1 | 2 |\n', '```\ncode\n\n', '\r\n', '\r', '\u0000', '\ud800', '\udc00', '𝒉'.repeat(50), 'x'.repeat(250), '\n\n', '. '),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );

  it('keeps every chunk equal to its range of code points and loses no text, whatever the input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), fc.boolean(), fc.nat(80), async (fragments, asMarkdown, chunkOverlap) => {
        const text = toCanonicalText(fragments.join(''));
        expect(text.isWellFormed() && !text.includes('\r') && !text.includes('\u0000')).toBe(true);
        const blocks = asMarkdown ? await markdownBlocks(text) : plainTextBlocks(text);
        const chunks = chunkDocument({ text, blocks }, { chunkCharacters: 200, chunkOverlap });
        const points = [...text];
        let reached = 0;
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.ordinal).toBe(index);
          expect(chunk.text).toBe(points.slice(chunk.start, chunk.end).join(''));
          expect(chunk.text.trim()).not.toBe('');
          if (!asMarkdown) expect(points.slice(reached, chunk.start).join('').trim()).toBe('');
          reached = Math.max(reached, chunk.end);
        }
        if (!asMarkdown) expect(points.slice(reached).join('').trim()).toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('cuts megabytes in reasonable time and keeps offsets right to the end', async () => {
    const text = '# Part 🦉\n\nA paragraph with some words in it.\n\n'.repeat(6_000);
    const chunks = await chunksOf(text, { chunkCharacters: 1600, chunkOverlap: 0 });
    const last = chunks.at(-1)!;
    expect(sliceByCodePoints(text, last.start, last.end)).toBe(last.text);
    expect(last.end).toBe(codePointLength(text.trimEnd()));
  });
});
