import { createInflate } from 'node:zlib';

/** What a filter of a PDF made of its input: how long it is, or was when the limit was passed, and the bytes where asked for. */
export interface Unpacked {
  readonly length: number;
  readonly bytes?: Uint8Array;
}

/**
 * Inflates until the end, an error in the data or the limit, off the event loop.
 * Data that is cut off or damaged gives what comes before the damage, as PDF readers take it.
 */
export function inflated(data: Uint8Array, limit: number, keep: boolean): Promise<Unpacked> {
  return new Promise((resolve) => {
    const inflate = createInflate();
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = () => {
      inflate.destroy();
      resolve({ length, ...(keep ? { bytes: Buffer.concat(chunks) } : {}) });
    };
    inflate.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (keep) chunks.push(chunk);
      if (length > limit) settle();
    });
    inflate.once('end', settle).once('error', settle);
    inflate.end(data);
  });
}

/** ASCIIHexDecode, as far as `>` or the limit. */
export function asciiHexBytes(data: Uint8Array, limit: number): Unpacked {
  const end = data.indexOf(0x3e);
  const text = Buffer.from(data.buffer, data.byteOffset, end < 0 ? data.length : end).toString('latin1', 0, limit * 2 + 2);
  const digits = text.replace(/[^\da-f]/giu, '');
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex');
  return { length: bytes.length, bytes };
}

/** ASCII85Decode, as far as `~` or the limit. */
export function ascii85Bytes(data: Uint8Array, limit: number): Unpacked {
  // A single `z` stands for four bytes.
  const bytes = Buffer.alloc(Math.min(data.length, limit) * 4 + 8);
  let length = 0;
  let value = 0;
  let count = 0;
  const put = (bytesOfGroup: number) => {
    bytes.writeUInt32BE(value % 2 ** 32, length);
    length += bytesOfGroup;
    value = count = 0;
  };
  for (const code of data) {
    if (code === 0x7e || length > limit) break;
    if (code === 0x7a && count === 0) put(4);
    if (code < 0x21 || code > 0x75) continue;
    value = value * 85 + code - 0x21;
    if (++count === 5) put(4);
  }
  if (count > 1) {
    const rest = count - 1;
    for (; count < 5; count++) value = value * 85 + 84;
    put(rest);
  }
  return { length, bytes: bytes.subarray(0, length) };
}

/** How long the output of LZWDecode is. Only lengths of the table's entries are kept: codes say the rest. */
export function lzwLength(data: Uint8Array, limit: number): number {
  const lengths: number[] = [];
  let length = 0;
  let previous = 0;
  let bits = 0;
  let held = 0;
  let width = 9;
  for (const byte of data) {
    held = (held << 8) | byte;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = held >>> bits;
    held &= (1 << bits) - 1;
    if (code === 257 || length > limit) break;
    if (code === 256) {
      lengths.length = previous = 0;
      width = 9;
      continue;
    }
    if (previous > 0 && lengths.length < 4096 - 258) lengths.push(previous + 1);
    previous = code < 256 ? 1 : (lengths[code - 258] ?? 0);
    if (previous === 0) break;
    length += previous;
    // Codes grow one early, as LZWDecode does unless told otherwise.
    width = Math.min(12, 32 - Math.clz32(lengths.length + 259));
  }
  return length;
}

/** How long the output of RunLengthDecode is. */
export function runLengthLength(data: Uint8Array, limit: number): number {
  let length = 0;
  for (let at = 0; at < data.length && length <= limit; ) {
    const run = data[at] ?? 128;
    if (run === 128) break;
    length += run < 128 ? run + 1 : 257 - run;
    at += run < 128 ? run + 2 : 2;
  }
  return length;
}
