import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from './index';

const workspace = join(__dirname, '../../../..');
const started: ChildProcess[] = [];

function start(directory: string, mode: 'write' | 'increment', lockWaitMs: number): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'test/writing-process.ts'), directory, mode, String(lockWaitMs)], {
    cwd: workspace,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

/** Grows as the process acknowledges rows; resolves when there are `count`. */
function written(child: ChildProcess, count: number): Promise<number[]> {
  const numbers: number[] = [];
  let rest = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The process ended.')));
    child.stdout!.on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      numbers.push(...lines.map(Number));
      if (numbers.length >= count) resolve(numbers);
    });
  });
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr!.on('data', (chunk) => (text += String(chunk)));
  await once(child, 'close');
  return text;
}

describe('several processes on one directory', () => {
  let folder: string;
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'several-processes-'));
    directory = join(folder, 'pg');
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('are refused while one holds it, which is named; after kill -9 of it the lock is free at once and every committed row is there', async () => {
    const holder = start(directory, 'write', 10_000);
    const acknowledged = await written(holder, 50);
    const newcomer = start(directory, 'write', 300);
    expect(await output(newcomer)).toMatch(new RegExp(`^EMBEDDED_DATABASE_LOCKED: .*process ${holder.pid}\\b`));
    expect(newcomer.exitCode).toBe(1);

    holder.kill('SIGKILL');
    await once(holder, 'close');
    const embedded = await openEmbeddedPostgres({ directory, lockWaitMs: 0 });
    const pool = new embedded.driver.Pool();
    const { rows } = await pool.query<{ n: number }>('SELECT n FROM written ORDER BY n');
    const kept = rows.map(({ n }) => n);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index + 1));
    await pool.end();
    await embedded.close();
    expect(await readdir(folder)).toEqual(['pg']);
  }, 60_000);

  it('take turns, and lose nothing', async () => {
    const children = Array.from({ length: 4 }, () => start(directory, 'increment', 60_000));
    const outputs = await Promise.all(children.map(output));
    expect(outputs).toEqual(['', '', '', '']);
    const embedded = await openEmbeddedPostgres({ directory, lockWaitMs: 0 });
    const pool = new embedded.driver.Pool();
    expect((await pool.query('SELECT n FROM written ORDER BY n')).rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    await pool.end();
    await embedded.close();
  }, 120_000);
});
