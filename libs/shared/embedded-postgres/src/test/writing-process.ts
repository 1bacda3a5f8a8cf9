import { openEmbeddedPostgres } from '../index';

/**
 * Run as a process: opens the directory, then writes one row after the other and prints each number once it is committed.
 * `increment` instead reads a number, writes the next and ends: two that do this at once would lose one.
 */
async function main([directory = '', mode = 'write', lockWaitMs = '10000']: string[]): Promise<void> {
  const embedded = await openEmbeddedPostgres({ directory, lockWaitMs: Number(lockWaitMs) });
  const pool = new embedded.driver.Pool();
  await pool.query('CREATE TABLE IF NOT EXISTS written (n int PRIMARY KEY)');
  if (mode === 'increment') {
    const { rows } = await pool.query('SELECT coalesce(max(n), 0) + 1 AS next FROM written');
    await pool.query('INSERT INTO written VALUES ($1)', [rows[0].next]);
    await pool.end();
    await embedded.close();
    return;
  }
  for (let number = 1; ; number += 1) {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO written VALUES ($1)', [number]);
    await client.query('COMMIT');
    client.release();
    process.stdout.write(`${number}\n`);
  }
}

main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
});
