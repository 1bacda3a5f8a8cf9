import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './open-embedded-postgres';

/** A fresh database for a test suite, open in well under a second; `close` deletes it. */
export async function openTemporaryPostgres(): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
  const { driver, close } = await openEmbeddedPostgres({ directory: join(folder, 'pg') });
  return {
    driver,
    close: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
