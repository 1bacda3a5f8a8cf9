import type { ReceivedFrame } from '@faas/agent-client';
import { setTimeout as sleep } from 'node:timers/promises';

export async function collect(stream: AsyncIterable<ReceivedFrame>): Promise<ReceivedFrame[]> {
  const frames: ReceivedFrame[] = [];
  for await (const frame of stream) frames.push(frame);
  return frames;
}

/** Reads until a frame of the type came, and leaves the stream open. */
export async function readUntil<Event extends ReceivedFrame['event']>(stream: AsyncIterator<ReceivedFrame>, event: Event): Promise<Extract<ReceivedFrame, { event: Event }>> {
  for (;;) {
    const next = await stream.next();
    if (next.done) throw new Error(`The stream ended without the frame "${event}".`);
    if (next.value.event === event) return next.value as Extract<ReceivedFrame, { event: Event }>;
  }
}

/** Waits for something that another process or a timer brings about. */
export async function eventually<T>(look: () => Promise<T>, isThere: (value: T) => boolean, withinMs = 10_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (isThere(value)) return value;
    if (Date.now() > until) throw new Error(`Not there after ${withinMs} ms: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}
