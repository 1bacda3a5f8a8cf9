import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedDatabaseError } from './embedded-database-error';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

export interface DirectoryLock {
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  /** Names this one acquisition, so that a lock is never mistaken for a later one. */
  readonly nonce: string;
}

const POLL_MS = 100;

/**
 * Takes the lock file `path` for this process, waiting up to `waitMs` for its holder.
 *
 * The lock dies with its owner: a file whose process is gone (killed, machine restarted, pid reused) is taken over at once.
 * Taking over is itself exclusive, by a hard link named after the stale lock, so that of several newcomers one wins.
 *
 * @throws EmbeddedDatabaseError EMBEDDED_DATABASE_LOCKED naming the holder's pid; EMBEDDED_DATABASE_UNREADABLE when the file cannot be written.
 */
export async function lockFile(path: string, options: { waitMs: number; what: string }): Promise<DirectoryLock> {
  const mine: Holder = { ...ownIdentity(), nonce: randomUUID() };
  const draft = `${path}.${mine.nonce}.draft`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, JSON.stringify(mine), { flag: 'wx' });
    try {
      return await acquire(path, draft, mine, options);
    } finally {
      await rm(draft, { force: true });
    }
  } catch (error) {
    if (error instanceof EmbeddedDatabaseError) throw error;
    throw new EmbeddedDatabaseError('EMBEDDED_DATABASE_UNREADABLE', `The folder of ${options.what} cannot be used: ${(error as Error).message}. Check that ${resolve(dirname(path))} can be written, or set DATA_DIR.`, error);
  }
}

async function acquire(path: string, draft: string, mine: Holder, options: { waitMs: number; what: string }): Promise<DirectoryLock> {
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    const holder = await attempt(path, draft, mine);
    if (holder === undefined) return { release: () => release(path, mine) };
    if (Date.now() >= deadline) throw locked(path, holder, options);
    await sleep(POLL_MS);
  }
}

/** Undefined when the lock is taken now, else who holds it. */
async function attempt(path: string, draft: string, mine: Holder): Promise<ProcessIdentity | undefined> {
  if (await linked(draft, path)) return undefined;
  const holder = await read(path);
  if (holder === undefined) return attempt(path, draft, mine);
  if (isAlive(holder)) return holder;
  return takeOver({ path, draft, mine, stale: holder, marker: `${path}.${holder.nonce}` });
}

interface Takeover {
  path: string;
  draft: string;
  mine: Holder;
  /** The dead process whose claim is to be inherited: the holder's, or that of one who died while taking over. */
  stale: Holder;
  marker: string;
}

async function takeOver({ path, draft, mine, stale, marker }: Takeover): Promise<ProcessIdentity | undefined> {
  if (!(await linked(draft, marker))) {
    const rival = await read(marker);
    if (rival === undefined) return stale;
    if (isAlive(rival)) return rival;
    return takeOver({ path, draft, mine, stale: rival, marker: `${path}.${rival.nonce}` });
  }
  const standing = await read(path);
  const claims = standing === undefined ? [] : await claimsFrom(path, standing);
  if (standing === undefined || claims.at(-1) !== marker) {
    await rm(marker, { force: true });
    return standing ?? stale;
  }
  await rename(marker, path);
  await Promise.all(claims.slice(0, -1).map((claim) => rm(claim, { force: true })));
  return undefined;
}

/** The markers that lead on from the standing lock: only the last may replace it. */
async function claimsFrom(path: string, standing: Holder): Promise<string[]> {
  const claims: string[] = [];
  for (let holder: Holder | undefined = standing; holder !== undefined && claims.length < 100; ) {
    const marker: string = `${path}.${holder.nonce}`;
    holder = await read(marker);
    if (holder !== undefined) claims.push(marker);
  }
  return claims;
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Files appear complete: only a machine that lost power leaves one without its content.
    if (error instanceof SyntaxError) return { ...ownIdentity(), pid: 0, nonce: 'unreadable' };
    throw error;
  }
}

async function release(path: string, mine: Holder): Promise<void> {
  const standing = await read(path);
  if (standing?.nonce === mine.nonce) await rm(path, { force: true });
}

function locked(path: string, holder: ProcessIdentity, { what, waitMs }: { what: string; waitMs: number }): EmbeddedDatabaseError {
  const where = holder.host === ownIdentity().host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
  return new EmbeddedDatabaseError(
    'EMBEDDED_DATABASE_LOCKED',
    `${what} is in use by ${where} (waited ${waitMs / 1000} s). Stop it or set another DATA_DIR. If it no longer exists, delete ${resolve(path)}.`,
  );
}
