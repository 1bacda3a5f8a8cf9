/** Words that say nothing about the subject of a question. */
const STOP_WORDS = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by can could
  did do does doing down during each else ever explain few for from further get gets give had happen happens has have having he her here hers him his how
  i if in instead into is it its itself just know let like list many may me mean means might more most much must my no nor not of off
  on once one only or other our out over own please possible same shall she should show so some such tell than that the their them then
  there these they this those through to too under until up us use used uses using very was way we well were what whats when where which while
  who whom whose why will with within without work works would you your`.split(/\s+/),
);

const WORD = /[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu;
/** Scripts written without spaces: pairs of characters stand for words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const SUFFIXES = ['izations', 'ization', 'ations', 'ation', 'ators', 'ator', 'ments', 'ment', 'ingly', 'ings', 'ing', 'ions', 'ion', 'able', 'ible', 'ally', 'ness', 'ives', 'ive', 'edly', 'ed', 'ers', 'er', 'ors', 'or', 'als', 'al', 'ages', 'age', 'ly', 'es', 's', 'e', 'y'];
const SHORTEST_STEM = 4;

/**
 * The words of a text in a form in which `configured`, `Configuration` and `CONFIGURE` are one: lower case, without
 * accents, identifiers split at humps, dots, hyphens and underscores, English endings removed. Stop words are left out.
 */
export function termsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return (plain.match(WORD) ?? []).flatMap(splitIdentifier).flatMap((word) => {
    const lower = word.toLowerCase().replace(/['’]\p{L}+$/u, '');
    if (UNSPACED.test(lower)) return pairsOf(lower);
    return lower === '' || STOP_WORDS.has(lower) ? [] : [stem(lower)];
  });
}

/** `maxOutputTokens` → max, output, tokens; `HTTPServer2` → http, server, 2 stays with its word. */
function splitIdentifier(word: string): string[] {
  return word.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
}

function pairsOf(text: string): string[] {
  const characters = [...text];
  return characters.length === 1 ? characters : characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** Removes English endings until none is left; what remains need not be a word, it only has to be the same for all forms. */
export function stem(word: string): string {
  if (!/^[a-z]+$/.test(word)) return word;
  let current = word.endsWith('ies') && word.length > 4 ? `${word.slice(0, -3)}y` : word;
  for (;;) {
    const ending = SUFFIXES.find((suffix) => current.endsWith(suffix) && current.length - suffix.length >= SHORTEST_STEM && !(suffix === 's' && /(ss|us|is)$/.test(current)));
    if (!ending) break;
    current = current.slice(0, -ending.length);
  }
  if (current === word && /[^s]s$/.test(word) && !/(us|is)$/.test(word) && word.length > 3) current = word.slice(0, -1);
  return current.replace(/([b-df-hj-np-tv-z])\1$/, '$1');
}
