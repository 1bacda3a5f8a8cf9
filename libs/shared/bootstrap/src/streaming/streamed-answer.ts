import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** A stream on its way to the caller. `outcome.failed` is known when the text has ended. */
export class StreamedAnswer extends StreamableFile {
  constructor(
    text: AsyncIterable<string | Buffer>,
    readonly outcome: { failed: boolean },
  ) {
    super(Readable.from(text, { objectMode: false, highWaterMark: 16_384 }), { type: EVENT_STREAM_TYPE });
  }
}
