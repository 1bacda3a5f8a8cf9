import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bannerDeadlineMs = 300_000;

export interface SystemOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A system started by the same command a person types. */
export class RunningSystem {
  private constructor(
    private readonly child: ChildProcess,
    /** Milliseconds from the command to its banner. */
    readonly readyMs: number,
  ) {}

  /** Starts it and resolves with the banner. @throws with what it printed when it ends before. */
  static async start({ root, environment }: SystemOptions): Promise<RunningSystem> {
    const began = performance.now();
    const child = spawn(process.execPath, [join(root, 'tools/launch.mjs'), 'dev'], { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed: string[] = [];
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No banner within ${bannerDeadlineMs / 1000} s:\n${printed.join('\n')}`)), bannerDeadlineMs);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          printed.push(line);
          if (/^Ready in /.test(line)) (clearTimeout(timer), resolve());
        });
      }
      child.once('exit', (code) => (clearTimeout(timer), reject(new Error(`The system ended with exit code ${code}:\n${printed.join('\n')}`))));
    });
    const stopped = () => child.kill('SIGTERM');
    process.once('exit', stopped);
    try {
      await ready;
    } catch (error) {
      child.kill('SIGTERM');
      throw error;
    }
    return new RunningSystem(child, Math.round(performance.now() - began));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const status = `/proc/${pid}/status`;
  const kilobytes = existsSync(status) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString();
  return Math.round(Number(kilobytes) / 1024);
}
