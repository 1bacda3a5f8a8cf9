import * as fc from 'fast-check';
import { sentencesOf } from './sentences';

describe('sentencesOf', () => {
  it.each([
    ['ends at full stops, not in abbreviations or names', 'Use a port, e.g. 8081, or another one. The file `nx.json` holds the defaults.', ['Use a port, e.g. 8081, or another one.', 'The file `nx.json` holds the defaults.']],
    ['reads list items without their markers', '- The first item says this much.\n2. The second item says that much.', ['The first item says this much.', 'The second item says that much.']],
    ['keeps a bold lead with its sentence', '**Fastify under Nest.** It needs less time per request.', ['**Fastify under Nest.** It needs less time per request.']],
    ['does not end at the number of a bold lead', '**6. Point an SDK at it.** It answers like the original.', ['**6. Point an SDK at it.** It answers like the original.']],
    ['leaves out headings, code, tables and lead-ins', '# A heading of five words\n\nThe services are these:\n\n```\nlet code = run the code now;\n```\n\n| a cell | of a table | here |\n\nOnly this is a sentence.', ['Only this is a sentence.']],
    ['keeps line breaks inside a sentence', 'This sentence goes on\nin the second line.', ['This sentence goes on\nin the second line.']],
    ['knows the stops of Chinese and Japanese', '网关会签发密钥。每个服务都会验证密钥。', ['网关会签发密钥。', '每个服务都会验证密钥。']],
  ])('%s', (_name, text, expected) => {
    expect(sentencesOf(text)).toEqual(expected);
  });

  it('takes no longer for hostile text', () => {
    const startedAt = performance.now();
    for (const text of ['` . '.repeat(50_000), 'a. '.repeat(70_000), '**a. '.repeat(40_000), '- '.repeat(100_000), '(e.g. '.repeat(30_000)]) sentencesOf(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('gives only verbatim parts of the passage, whatever it holds', () => {
    const line = fc.oneof(fc.constantFrom('# Heading', '- item one is here. And it goes on. ', '> a quoted line of words.', '```', '| a | b | c |', '', '   indented words go on here.'), fc.string({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const passage = lines.join('\n');
        return sentencesOf(passage).every((sentence) => sentence !== '' && passage.includes(sentence));
      }),
    );
  });
});
