import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Project {
  readonly name: string;
  /** Folder relative to the repository. */
  readonly folder: string;
}

/** The environment of an Nx command of its own: without the daemon, and without what the outer Nx told its task. */
export function nxEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NX_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(inherited), NX_DAEMON: 'false', NX_TUI: 'false' };
}

/** Runs Nx and returns what it prints. @throws with its output when it fails. */
export async function nx(folder: string, ...args: string[]): Promise<string> {
  const command = join(folder, 'node_modules/nx/dist/bin/nx.js');
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { cwd: folder, env: nxEnvironment(), timeout: 120_000, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** All projects, found by their project.json. */
export function projectsOf(root: string): Project[] {
  const found: Project[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.name === 'project.json') found.push({ name: (JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string }).name, folder });
    }
  };
  visit('');
  return found;
}
