import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { unreachable } from './checked-url';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What the guard asks servers for; the encodings above. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/**
 * Reads a body, decompressed, up to `maxBytes`: the limit holds for what arrives and for what it unpacks to, so that a
 * small bomb cannot fill the memory. One encoding at most.
 */
export async function readDecoded(body: Readable, encoding: string | undefined, maxBytes: number, host: string): Promise<Uint8Array> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  const decoder = name === 'identity' || name === '' ? undefined : decoders[name];
  if (!decoder && name !== 'identity' && name !== '') throw unreachable(`${host} answered in the encoding "${name}", which is not read.`, { retryable: false });
  const source: Readable = decoder ? pipeline(body, decoder(), () => undefined) : body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > maxBytes) throw tooLarge(host, maxBytes);
      chunks.push(chunk);
    }
  } finally {
    source.destroy();
    body.destroy();
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}

export function tooLarge(host: string, maxBytes: number) {
  return unreachable(`The document at ${host} is larger than ${maxBytes} bytes.`, { retryable: false });
}
