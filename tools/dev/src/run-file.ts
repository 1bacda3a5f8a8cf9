import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const runFile = z.object({
  pid: z.int(),
  edge: z.string(),
  startedAt: z.iso.datetime(),
  services: z.record(z.string(), z.object({ pid: z.int().optional(), port: z.int() })),
});
/** What `DATA_DIR/run.json` says about the system that runs on this data. */
export type RunFile = z.infer<typeof runFile>;

const pathOf = (dataDir: string) => join(dataDir, 'run.json');

export async function writeRunFile(dataDir: string, content: RunFile): Promise<void> {
  await mkdir(dirname(pathOf(dataDir)), { recursive: true });
  await writeFile(pathOf(dataDir), `${JSON.stringify(content, undefined, 2)}\n`);
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true });
}

/** The running system on this data, if there is one; a file that a killed process left behind does not count. */
export function runningSystem(dataDir: string): RunFile | undefined {
  if (!existsSync(pathOf(dataDir))) return undefined;
  const parsed = runFile.safeParse(parse(readFileSync(pathOf(dataDir), 'utf8')));
  return parsed.success && parsed.data.pid !== process.pid && isDevProcess(parsed.data.pid) ? parsed.data : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half written by a process that was killed: nobody runs.
    return undefined;
  }
}

/** Alive, and where the system tells: the same kind of process, since ids are used again. */
function isDevProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('tools/dev');
}
