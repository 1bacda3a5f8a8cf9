import { setImmediate as pause } from 'node:timers/promises';
import { AppError } from '@faas/errors';
import { ascii85Bytes, asciiHexBytes, inflated, lzwLength, runLengthLength, type Unpacked } from './pdf-filters';

export interface StreamBound {
  /** Bytes that one stream may unpack to. */
  readonly perStream: number;
  /** Bytes that all streams together may unpack to. */
  readonly total: number;
  /** How many streams a document may have. */
  readonly streams: number;
}

const MB = 1024 * 1024;
const BOUND: StreamBound = { perStream: 8 * MB, total: 128 * MB, streams: 50_000 };
/** A dictionary is looked for so far before its stream. */
const DICTIONARY_BYTES = 4096;
const MAX_FILTERS = 4;
/** After so many places the event loop gets its turn. */
const WORDS_AT_ONCE = 2000;
const FILTER = /\/(FlateDecode|Fl|ASCII85Decode|A85|ASCIIHexDecode|AHx|LZWDecode|LZW|RunLengthDecode|RL)(?![\w#])/gu;

interface Section {
  /** Deflated data end by themselves, even if they hold the word `endstream`. */
  readonly data: Buffer;
  readonly filters: readonly string[];
}

/**
 * Refuses a PDF whose streams unpack to more than the bound, before a parser that unpacks whole streams at once sees it.
 * Images count for nothing, since reading text does not unpack them; damaged and encrypted streams count as far as they unpack.
 * Throws DOCUMENT_UNREADABLE.
 */
export async function assertStreamsBounded(bytes: Uint8Array, bound: StreamBound = BOUND): Promise<void> {
  let total = 0;
  let streams = 0;
  let words = 0;
  for (const section of sectionsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (++words % WORDS_AT_ONCE === 0) await pause();
    if (!section) continue;
    if (++streams > bound.streams) throw new AppError('DOCUMENT_UNREADABLE', `The PDF has more than ${bound.streams} streams. Split it.`);
    const length = await unpackedLength(section, bound.perStream);
    if (length > bound.perStream) throw tooLarge('A stream of the PDF', bound.perStream);
    total += length;
    if (total > bound.total) throw tooLarge('The PDF', bound.total);
  }
}

function tooLarge(what: string, limit: number): AppError {
  return new AppError('DOCUMENT_UNREADABLE', `${what} unpacks to more than ${limit / MB} MB. Save it without such content, or split it.`);
}

/** By each word `stream` the packed section behind it, if there is one, whatever the cross-reference table says of it. One pass: no search goes back. */
function* sectionsOf(file: Buffer): Generator<Section | undefined> {
  let lineEnd = -1;
  let sectionEnd = -1;
  let from = 0;
  for (let at = file.indexOf('stream'); at >= 0; at = file.indexOf('stream', at + 6)) {
    if (file.toString('latin1', Math.max(0, at - 3), at) === 'end') continue;
    while (lineEnd < at + 6 || (file[lineEnd] !== 10 && file[lineEnd] !== 13)) {
      lineEnd = Math.max(lineEnd + 1, at + 6);
      if (lineEnd >= file.length) return;
    }
    const dictionary = dictionaryOf(file.toString('latin1', Math.max(from, at - DICTIONARY_BYTES), at));
    from = at;
    const start = lineEnd + (file[lineEnd] === 13 && file[lineEnd + 1] === 10 ? 2 : 1);
    if (sectionEnd < start) sectionEnd = file.indexOf('endstream', start);
    if (sectionEnd < 0) sectionEnd = file.length;
    const data = file.subarray(start);
    const named = [...unescaped(dictionary).matchAll(FILTER)].map(([, name]) => name ?? '');
    // A filter that stands in another object shows in the data.
    const filters = named.length === 0 && isZlib(data) ? ['FlateDecode'] : named;
    yield filters.length === 0 || isImage(dictionary) ? undefined : { data: isFlate(filters[0]) ? data : data.subarray(0, sectionEnd - start), filters };
  }
}

function dictionaryOf(before: string): string {
  return before.slice(before.lastIndexOf('obj') + 1);
}

/** Names may be written with #hex. */
function unescaped(dictionary: string): string {
  return dictionary.replace(/#([\da-f]{2})/giu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** One plain subtype and a size: a dictionary that could be read in two ways is no image. */
function isImage(dictionary: string): boolean {
  const subtypes = dictionary.match(/\/Subtype(?!\w)/gu) ?? [];
  return subtypes.length === 1 && !dictionary.includes('#') && ['/Width', '/Height'].every((key) => dictionary.includes(key)) && /\/Subtype\s{0,20}\/Image(?!\w)/u.test(dictionary);
}

function isFlate(filter: string | undefined): boolean {
  return filter === 'FlateDecode' || filter === 'Fl';
}

function isZlib(data: Buffer): boolean {
  const [method = 0, flags = 0] = data;
  return (method & 15) === 8 && ((method << 8) | flags) % 31 === 0;
}

/** The longest result among all filters of the chain. */
async function unpackedLength({ data, filters }: Section, limit: number): Promise<number> {
  if (filters.length > MAX_FILTERS) throw new AppError('DOCUMENT_UNREADABLE', `A stream of the PDF is packed more than ${MAX_FILTERS} times.`);
  let packed: Uint8Array = data;
  // What is read here on this thread counts too.
  let longest = isFlate(filters[0]) ? 0 : data.length;
  for (const [index, filter] of filters.entries()) {
    if (longest > limit) break;
    const last = index === filters.length - 1;
    const { length, bytes } = await unpack(filter, packed, limit, !last);
    longest = Math.max(longest, length);
    if (last) break;
    if (!bytes && longest <= limit) throw new AppError('DOCUMENT_UNREADABLE', `A stream of the PDF is packed by ${filter} and again by another filter.`);
    packed = bytes ?? packed;
  }
  return longest;
}

async function unpack(filter: string, data: Uint8Array, limit: number, keep: boolean): Promise<Unpacked> {
  switch (filter) {
    case 'FlateDecode':
    case 'Fl':
      return inflated(data, limit, keep);
    case 'ASCII85Decode':
    case 'A85':
      return ascii85Bytes(data, limit);
    case 'ASCIIHexDecode':
    case 'AHx':
      return asciiHexBytes(data, limit);
    case 'LZWDecode':
    case 'LZW':
      return { length: lzwLength(data, limit) };
    default:
      return { length: runLengthLength(data, limit) };
  }
}
