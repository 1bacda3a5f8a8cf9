import { once } from 'node:events';
import { PassThrough } from 'node:stream';

/** A longer stream is delivered but not kept: its key is freed. */
const LARGEST_KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Passes a stream through and hands over its whole text before its end. When the reader leaves, the source is read to its
 * end all the same, so that a repeated request finds the answer. The key is freed when the source failed or grew too large.
 */
export function recorded(source: AsyncIterable<Buffer | string>, keep: { complete: (body: string) => Promise<void>; abandon: () => Promise<void> }): AsyncIterable<Buffer> {
  const reader = new PassThrough();
  // The reader may be gone already: nobody is left to tell.
  reader.on('error', () => undefined);
  void record(source, reader, keep).then(
    () => reader.end(),
    (error: Error) => reader.destroy(error),
  );
  return reader;
}

async function record(source: AsyncIterable<Buffer | string>, reader: PassThrough, keep: { complete: (body: string) => Promise<void>; abandon: () => Promise<void> }): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of source) {
      const chunk = Buffer.from(part);
      size += chunk.length;
      if (size <= LARGEST_KEPT_BYTES) chunks.push(chunk);
      if (!reader.destroyed && !reader.write(chunk)) await Promise.race([once(reader, 'drain'), once(reader, 'close')]);
    }
  } catch (error) {
    await keep.abandon();
    throw error;
  }
  if (size <= LARGEST_KEPT_BYTES) await keep.complete(Buffer.concat(chunks).toString('utf8'));
  else await keep.abandon();
}
