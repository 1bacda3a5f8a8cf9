import { resolve } from 'node:path';
import { loadConfig } from '@faas/config';
import { AppError } from '@faas/errors';
import { banner } from './banner';
import { buildServices } from './build';
import { devConfig } from './dev.config';
import { LocalSystem } from './local-system';
import { preflight } from './preflight';
import { Progress } from './progress';
import { runningSystem } from './run-file';

/** `npm start`: resolves with the exit code once the system has ended. */
export async function start(root: string): Promise<number> {
  const began = Date.now();
  const progress = new Progress();
  const settings = await loadConfig(devConfig);
  const config = { ...settings, DATA_DIR: resolve(root, settings.DATA_DIR) };
  const other = runningSystem(config.DATA_DIR);
  if (other) {
    throw new AppError('CONFIG_INVALID', `The system already runs on ${config.DATA_DIR}, at ${other.edge} (process ${other.pid}). Stop it first, or choose another folder with DATA_DIR=<folder> and other ports.`);
  }
  await preflight(config);

  const system = new LocalSystem(root, config, (line) => progress.line(line));
  const ended = endOnRequest(system, (line) => progress.line(line));
  try {
    await progress.step('Building the services', () => buildServices(root, system.signal));
    if (!system.stopping) await progress.step('Starting gateway, rag and agent', () => system.startServices());
    if (!system.stopping) await progress.step('Loading the documentation', () => system.seed());
    if (!system.stopping) await system.openDoor();
  } catch (error) {
    const asked = system.stopping;
    await system.stop();
    if (asked) return 130;
    throw error;
  }
  if (!system.stopping) {
    progress.line(banner(config, Date.now() - began));
    process.send?.({ type: 'system.ready' });
  }
  return ended;
}

/** Ends the system on Ctrl-C, SIGTERM, a closed terminal or when the process that started this one is gone. */
function endOnRequest(system: LocalSystem, say: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const end = (exitCode: number, reason: string) => {
      if (!system.stopping) say(`\nStopping (${reason}) …`);
      void system.stop().then(() => resolve(exitCode));
    };
    process.on('SIGINT', () => end(130, 'Ctrl-C'));
    process.on('SIGTERM', () => end(143, 'SIGTERM'));
    process.on('SIGHUP', () => end(129, 'the terminal was closed'));
    process.on('disconnect', () => end(1, 'npm is gone'));
    // A closed terminal makes every write fail; that must not keep the services alive.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => end(1, 'the terminal is gone'));
  });
}
