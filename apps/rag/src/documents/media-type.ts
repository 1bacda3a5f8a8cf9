import { AppError } from '@faas/errors';
import { mediaTypes, type MediaType } from '@faas/rag-contract';

const BY_EXTENSION: Readonly<Record<string, MediaType>> = { md: 'text/markdown', markdown: 'text/markdown', mdx: 'text/markdown', html: 'text/html', htm: 'text/html', xhtml: 'text/html', pdf: 'application/pdf', txt: 'text/plain' };
const SYNONYMS: Readonly<Record<string, MediaType>> = { 'text/x-markdown': 'text/markdown', 'application/xhtml+xml': 'text/html', 'application/x-pdf': 'application/pdf' };
/** Text with a structure of its own that is read as lines. */
const TEXTUAL = /^(?:text\/.+|application\/(?:json|xml|yaml|toml|javascript|typescript|x-[\w.-]+|[\w.-]+\+(?:json|xml)))$/u;

export interface MediaTypeHints {
  /** What the caller says outright. */
  readonly given?: MediaType;
  /** Content type of a file part or an answer, without parameters. */
  readonly announced?: string;
  readonly fileName?: string;
  readonly bytes: Uint8Array;
}

/** @throws AppError MEDIA_TYPE_UNSUPPORTED */
export function mediaTypeOf({ given, announced = '', fileName = '', bytes }: MediaTypeHints): MediaType {
  if (given) return given;
  const byName = BY_EXTENSION[/\.([a-z0-9]+)$/iu.exec(fileName)?.[1]?.toLowerCase() ?? ''];
  const known = mediaTypes.find((type) => type === announced) ?? SYNONYMS[announced];
  if (known && !(known === 'text/plain' && byName)) return known;
  if (byName) return byName;
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).includes('%PDF-')) return 'application/pdf';
  if (announced === '' || announced === 'application/octet-stream' || TEXTUAL.test(announced)) return 'text/plain';
  throw new AppError('MEDIA_TYPE_UNSUPPORTED', `Documents of type "${announced}" are not read. Send one of: ${mediaTypes.join(', ')}.`);
}
