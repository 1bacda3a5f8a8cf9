import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const seedRecord = z.object({
  /** Fingerprint of the guide as it was written last; absent before the first time. */
  guide: z.string().optional(),
  /** Files that left the repository and whose documents were deleted for that reason, not by a person. */
  removed: z.array(z.string()).default([]),
});

/** What the seed remembers between runs, so that it tells its own deletions from a person's. */
export type SeedRecord = z.infer<typeof seedRecord>;

/** One file per system, in `DATA_DIR/seed/`: all addresses of this machine are one system. */
export function seedRecordPath(dataDir: string, url: string): string {
  const { hostname, host } = new URL(url);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return join(dataDir, 'seed', `${local ? 'local' : host.replaceAll(/[^a-z0-9.-]/gi, '_')}.json`);
}

export async function readSeedRecord(path: string): Promise<SeedRecord> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return seedRecord.parse(JSON.parse(text));
}

export async function writeSeedRecord(path: string, record: SeedRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(record)}\n`);
}
