/** Longer passages are read up to here: work stays bounded whatever a tool returns. */
const MOST_CHARACTERS = 20_000;
const LONGEST_SENTENCE = 600;
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|no|nr|fig|sec|dr|mr|mrs|ms|prof|st|jr|inc|ltd|al|resp|z\.B|d\.h|bzw|ca)\.$/i;
const SENTENCE_END = /[.!?…]+(?:["'”’»)\]*_`]*)(?=\s|$)|[。！？]+[」』”]*/gu;
const LIST_MARKER = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/;

/**
 * The sentences of a passage that read well on their own, each a verbatim substring of it. Headings, code, tables, HTML,
 * link lists and lead-ins that end with a colon are left out; a list item is read without its marker.
 */
export function sentencesOf(passage: string): string[] {
  return blocksOf(passage.slice(0, MOST_CHARACTERS)).flatMap(splitBlock).filter(readsWell);
}

/** Runs of lines that belong together; each is a substring of the text. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let start = -1;
  let end = -1;
  let fence: string | undefined;
  const close = () => {
    if (start >= 0) blocks.push(text.slice(start, end));
    start = -1;
  };
  let at = 0;
  for (const line of text.split('\n')) {
    const from = at;
    at += line.length + 1;
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (fence || mark) {
      close();
      fence = fence ? (mark === fence ? undefined : fence) : mark;
      continue;
    }
    if (!isProse(line)) {
      close();
      continue;
    }
    const marker = LIST_MARKER.exec(line)?.[0] ?? /^\s*>\s?/.exec(line)?.[0];
    if (marker !== undefined) close();
    if (start < 0) start = from + (marker ?? /^\s*/.exec(line)?.[0] ?? '').length;
    end = from + line.trimEnd().length;
  }
  close();
  return blocks;
}

function isProse(line: string): boolean {
  const text = line.trim();
  if (text === '' || /^#{1,6}\s/.test(text) || /^\|/.test(text) || /^<[!/a-z]/i.test(text) || /^([-*_=]\s*){3,}$/.test(text)) return false;
  // Indented code, but not the continued line of a list item.
  if (/^(?: {4,}|\t)/.test(line) && /[;{}=]\s*$/.test(text)) return false;
  return (text.match(/\|/g)?.length ?? 0) < 3;
}

function splitBlock(block: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of block.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    const sentence = block.slice(start, end);
    const next = block.slice(end).trimStart().charAt(0);
    // Beyond the longest sentence nothing is joined: it would be left out anyway, and looking again and again takes time.
    if (sentence.length <= LONGEST_SENTENCE && (ABBREVIATION.test(sentence) || isInsideMarks(sentence) || isLead(sentence) || /\p{Ll}/u.test(next))) continue;
    sentences.push(sentence.trim());
    start = end;
  }
  sentences.push(block.slice(start).trim());
  return sentences;
}

/** An odd number of backticks or stars before the full stop: it belongs to a name such as `nx.json`, or to a bold `**1. Start.**` */
const isInsideMarks = (sentence: string) => (sentence.match(/`/g)?.length ?? 0) % 2 === 1 || (sentence.match(/\*\*/g)?.length ?? 0) % 2 === 1;

/** `**Fastify under Nest.**` at the head of a paragraph names its subject: it stays with the sentence that follows. */
const isLead = (sentence: string) => /^\s*(\*\*|__)[^*_]{1,60}\1$/.test(sentence);

function readsWell(sentence: string): boolean {
  if (sentence.length < 3 || sentence.length > LONGEST_SENTENCE || /[:：]$/.test(sentence)) return false;
  const letters = sentence.match(/\p{L}/gu)?.length ?? 0;
  if (letters < sentence.replace(/\s/g, '').length * 0.55) return false;
  const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(sentence);
  const words = sentence.split(/\s+/).length;
  if (!unspaced && words < 4) return false;
  // A list of links names other pages and says nothing itself.
  const links = sentence.match(/\]\([^)]*\)/g)?.join('').length ?? 0;
  return links < sentence.length * 0.6;
}
