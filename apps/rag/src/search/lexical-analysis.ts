/** Letters and digits, joined by an apostrophe, underscores or hyphens; everything else separates words. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*(?:[_-]+[\p{L}\p{M}\p{N}]+)*/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
/** PostgreSQL drops words over 2 KB; nobody searches for one of this length. */
const MAX_WORD = 100;

/**
 * Prepares text for the database's tokeniser, for documents and questions alike: plain lower-case words, so that no parser
 * rule (host names, paths, tags, version numbers) hides a word, and both engines agree whatever their locale.
 *
 * Identifiers and compounds appear whole and in parts: `maxRetryCount` → `maxretrycount max retry count`, `retry_count` and
 * `re-try` likewise.
 * Scripts without spaces become overlapping pairs of characters.
 */
export function lexicalWords(text: string): string {
  const words: string[] = [];
  for (const [match] of text.normalize('NFKC').matchAll(WORD)) {
    if (match.length > MAX_WORD) continue;
    if (UNSPACED.test(match)) words.push(...pairs(match));
    else words.push(...identifierParts(match));
    UNSPACED.lastIndex = 0;
  }
  return words.join(' ').toLowerCase();
}

function identifierParts(word: string): string[] {
  const parts = word.split(/[_-]+/u).flatMap((part) => part.split(HUMP));
  return parts.length > 1 ? [word.replace(/[_-]+/gu, ''), ...parts] : parts;
}

function pairs(text: string): string[] {
  return text.split(/(?<=\p{Script=Latin}|\p{N})(?=\P{Script=Latin})/u).flatMap((run) => {
    const characters = [...run];
    return characters.length < 2 ? characters : characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  });
}
