#!/usr/bin/env node
/**
 * Starts the repository's commands from any Node >= 18 with nothing installed: brings node_modules in line with
 * package-lock.json, then runs the TypeScript command under the Node version that the install itself carries.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const bundledNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** npm script -> TypeScript entry and its first arguments. */
const commands = {
  dev: ['tools/dev/src/main.ts', 'start'],
  reset: ['tools/dev/src/main.ts', 'reset'],
  test: ['tools/checks/src/main.ts', 'test'],
  check: ['tools/checks/src/main.ts', 'check'],
  bench: ['tools/bench/src/main.ts'],
  seed: ['tools/cli/src/main.ts', 'seed'],
  ask: ['tools/cli/src/main.ts', 'ask'],
  ingest: ['tools/cli/src/main.ts', 'ingest'],
  key: ['tools/cli/src/main.ts', 'key'],
};

/** What of package-lock.json is not installed; platform-specific optional packages may be absent. */
export function missingPackages(folder) {
  const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {});
  const wanted = read(join(folder, 'package-lock.json'));
  const installed = read(join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.link && !entry.optional && !entry.devOptional && !entry.peer)
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(folder, path, 'package.json')))
    .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')}@${entry.version}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a child on this terminal, hands it the signals meant for us, and resolves with its exit code. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = {};
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      // A terminal sends SIGINT to the whole group: the child has it already and a second one would cut its clean-up short.
      forward[signal] = () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
      process.on(signal, forward[signal]);
    }
    const finish = (code) => {
      for (const [signal, listener] of Object.entries(forward)) process.off(signal, listener);
      resolve(code);
    };
    watchNpm(() => child.kill('SIGTERM'));
    child.on('error', (error) => (console.error(`${command} could not be started: ${error.message}`), finish(1)));
    child.on('exit', (code, signal) => finish(code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15, SIGHUP: 1 }[signal] ?? 0)));
  });
}

/** Parent and command line of a process; undefined where the system does not tell. */
function processInfo(pid) {
  try {
    if (existsSync(`/proc/${pid}/stat`)) {
      const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
      return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
    }
    const [parent, ...command] = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim().split(/\s+/);
    return { parent: Number(parent), command: command.join(' ') };
  } catch {
    return undefined;
  }
}

/** Calls `gone` when npm is killed so hard that it cannot tell: it stands above us, often with a shell between. */
function watchNpm(gone) {
  if (!process.env.npm_lifecycle_event || windows) return;
  const above = processInfo(process.ppid);
  const npm = above && / -c /.test(above.command) ? above.parent : process.ppid;
  if (npm <= 1) return;
  const timer = setInterval(() => {
    if (processInfo(npm)) return;
    clearInterval(timer);
    gone();
  }, 1_000);
  timer.unref();
}

async function install(missing) {
  const named = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
  console.error(`Installing what package-lock.json asks for (missing: ${named}). This takes about a minute the first time.`);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const ticking = process.stderr.isTTY ? undefined : setInterval(() => console.error(`  still installing, ${seconds()} s`), 15_000);
  // npm itself must not run on the Node binary that it is about to replace.
  const separator = windows ? ';' : ':';
  const PATH = (process.env.PATH ?? '').split(separator).filter((folder) => !folder.startsWith(join(root, 'node_modules'))).join(separator);
  // Warnings there are about the old Node that npm itself runs on, which nothing else uses.
  const code = await run(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2], shell: windows, env: { ...process.env, PATH } });
  clearInterval(ticking);
  if (code !== 0) fail(`npm ci failed (exit code ${code}); its output above says why. Nothing was started.`);
  console.error(`Installed in ${seconds()} s.`);
}

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  const command = commands[name];
  if (!command) fail(`Unknown command '${name ?? ''}'. Known: ${Object.keys(commands).join(', ')}.`);
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 18) fail(`Node 18 or later is needed to begin with; this is ${process.version}. The install brings Node ${readFileSync(join(root, '.nvmrc'), 'utf8').trim()} itself.`);

  const missing = missingPackages(root);
  if (missing.length > 0) await install(missing);
  if (!existsSync(bundledNode)) {
    fail('node_modules has no Node binary: the install ran with --ignore-scripts. Run "npm ci --ignore-scripts=false" and try again.');
  }
  const [entry, ...fixed] = command;
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const code = await run(bundledNode, ['--disable-warning=ExperimentalWarning', '--import', loader, join(root, entry), ...fixed, ...rest], {
    // The IPC channel is how the command notices that this process was killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Compiled code is kept beside the packages: the next start does not compile it again.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'), TSX_TSCONFIG_PATH: join(root, 'tsconfig.base.json'), FAAS_LAUNCHED: '1', PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(windows ? ';' : ':') },
  });
  process.exit(code);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) await main();
