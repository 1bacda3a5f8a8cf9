import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFile } from './directory-lock';
import { ownIdentity, type ProcessIdentity } from './process-identity';

describe('lockFile', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'directory-lock-'));
    path = join(folder, 'pg.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Our own pid, given to another process before us. */
  const dead: ProcessIdentity = { ...ownIdentity(), startedAt: 'before' };
  const write = (at: string, holder: ProcessIdentity, nonce: string) => writeFile(at, JSON.stringify({ ...holder, nonce }));
  const lock = (waitMs = 10_000) => lockFile(path, { waitMs, what: 'The thing' });

  /** Takes and releases the lock as often as told, failing when someone else holds it too. */
  async function contend(times: number, inside: { count: number }): Promise<void> {
    for (let round = 0; round < times; round += 1) {
      const held = await lock();
      inside.count += 1;
      expect(inside.count).toBe(1);
      await sleep(Math.random() * 2);
      inside.count -= 1;
      await held.release();
    }
  }

  it('has one holder at a time, and leaves no file behind', async () => {
    const inside = { count: 0 };
    await Promise.all(Array.from({ length: 8 }, () => contend(2, inside)));
    expect(await readdir(folder)).toEqual([]);
  }, 30_000);

  it('is taken over by one of many when its holder died', async () => {
    await write(path, dead, 'n0');
    const inside = { count: 0 };
    await Promise.all(Array.from({ length: 8 }, () => contend(1, inside)));
    expect(await readdir(folder)).toEqual([]);
  }, 30_000);

  it('is taken over from one who died while taking it over', async () => {
    await write(path, dead, 'n0');
    await write(`${path}.n0`, dead, 'n1');
    await write(`${path}.n1`, dead, 'n2');
    await (await lock(0)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not taken from one who is just taking it over', async () => {
    await write(path, dead, 'n0');
    await write(`${path}.n0`, ownIdentity(), 'n1');
    await expect(lock(0)).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_LOCKED' });
  });

  it('stays with a holder on another machine, which is named with the file to delete', async () => {
    await write(path, { pid: 4711, startedAt: '', host: 'elsewhere' }, 'n0');
    await expect(lock(0)).rejects.toThrow(/process 4711 on elsewhere.*pg\.lock/);
  });

  it('is free when the machine went down while it was written', async () => {
    await writeFile(path, '');
    await (await lock(0)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is released only by its holder', async () => {
    const first = await lock();
    await first.release();
    const second = await lock();
    await first.release();
    await expect(lock(0)).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_LOCKED' });
    await second.release();
  });

  it('says that a folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(lockFile(join(folder, 'file', 'pg.lock'), { waitMs: 0, what: 'The thing' })).rejects.toMatchObject({ code: 'EMBEDDED_DATABASE_UNREADABLE', message: expect.stringContaining('DATA_DIR') });
  });
});
