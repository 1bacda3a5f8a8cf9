import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { confirm, isCancel } from '@clack/prompts';
import { loadConfig } from '@faas/config';
import { AppError } from '@faas/errors';
import { devConfig } from './dev.config';
import { runningSystem } from './run-file';
import { services } from './services';

/** What this system writes below DATA_DIR; anything else there is not ours to delete. */
const ours = ['gateway', 'rag', 'agent', 'logs', 'seed', 'template', 'service-secret', 'run.json'];

/** `npm run reset`: deletes the local data after asking. */
export async function reset(root: string, { yes }: { readonly yes: boolean }): Promise<number> {
  const config = await loadConfig(devConfig);
  const folder = resolve(root, config.DATA_DIR);
  if (!existsSync(folder)) {
    console.log(`Nothing to delete: ${folder} does not exist.`);
    return 0;
  }
  await refuseWhileRunning(folder, services.map(({ portVariable }) => config[portVariable]));
  const entries = (await readdir(folder)).filter((entry) => ours.some((name) => entry === name || entry.startsWith(`${name}.`) || entry.startsWith(`${name}-`)));
  if (entries.length === 0) {
    console.log(`Nothing to delete in ${folder}.`);
    return 0;
  }
  console.log(`This deletes ${entries.join(', ')} in ${folder}: all documents, agents, threads and keys of this machine.`);
  if (config.DATABASE_URL) console.log('The database of DATABASE_URL is not touched.');
  if (!yes && !(await agreed())) {
    console.log('Nothing was deleted.');
    return 1;
  }
  for (const entry of entries) await rm(join(folder, entry), { recursive: true, force: true });
  console.log('Deleted. "npm start" begins anew.');
  return 0;
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new AppError('CONFIG_INVALID', 'There is no terminal to ask on. Add --yes to delete without asking: npm run reset -- --yes');
  const answer = await confirm({ message: 'Delete it?', initialValue: false });
  return !isCancel(answer) && answer;
}

async function refuseWhileRunning(folder: string, ports: readonly number[]): Promise<void> {
  const other = runningSystem(folder);
  if (other) throw new AppError('CONFLICT', `The system runs on ${folder} (process ${other.pid}). Stop it first.`);
  for (const port of ports) {
    if (await answers(port)) throw new AppError('CONFLICT', `Something runs on port ${port}, probably a service on this data. Stop it first.`);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1_000 });
    const done = (open: boolean) => (socket.destroy(), resolve(open));
    socket.once('connect', () => done(true)).once('error', () => done(false)).once('timeout', () => done(false));
  });
}
