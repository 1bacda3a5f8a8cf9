import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@faas/errors';

const pollMs = 300;

export interface SystemReadyOptions {
  /** Milliseconds to wait in all. */
  readonly patienceMs: number;
  /** Told once, when there is something to wait for. */
  readonly say: (line: string) => void;
}

/**
 * Resolves once the service behind `path` answers; a system that is starting is waited for.
 *
 * @throws AppError SERVICE_UNAVAILABLE when it does not answer in time.
 */
export async function systemReady(url: string, path: string, { patienceMs, say }: SystemReadyOptions): Promise<void> {
  const end = Date.now() + patienceMs;
  for (let said = false; ; said = true) {
    const problem = await problemAt(`${url}${path}`);
    if (!problem) return;
    if (Date.now() >= end) throw new AppError('SERVICE_UNAVAILABLE', `${problem} after ${Math.round(patienceMs / 1000)} s. Start the system with "npm start", or name its address with --url.`);
    if (!said) say(`${problem} yet; waiting up to ${Math.round(patienceMs / 1000)} s for the system to start …`);
    await sleep(pollMs);
  }
}

async function problemAt(address: string): Promise<string | undefined> {
  const { origin } = new URL(address);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return [502, 503, 504].includes(answer.status) ? `${origin} is not ready` : undefined;
  } catch {
    // Refused, reset or too slow: all mean that nobody serves there yet.
    return `Nothing answers at ${origin}`;
  }
}
