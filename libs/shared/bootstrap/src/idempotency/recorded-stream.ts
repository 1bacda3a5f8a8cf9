/** A longer stream is delivered but not kept: its key is freed. */
const LARGEST_KEPT_BYTES = 1024 * 1024;

/** Passes a stream through and hands over its whole text at the end; frees the key when it broke off or grew too large. */
export async function* recorded(
  source: AsyncIterable<Buffer | string>,
  keep: { complete: (body: string) => Promise<void>; abandon: () => Promise<void> },
): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let finished = false;
  try {
    for await (const part of source) {
      const chunk = Buffer.from(part);
      size += chunk.length;
      if (size <= LARGEST_KEPT_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      yield chunk;
    }
    finished = true;
  } finally {
    if (finished && size <= LARGEST_KEPT_BYTES) await keep.complete(Buffer.concat(chunks).toString('utf8'));
    else await keep.abandon();
  }
}
