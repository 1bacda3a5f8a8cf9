import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bannerDeadlineMs = 150_000;

export interface RunningSystemOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The whole system, started by the same command a person types: services, edge and documentation.
 *
 * @example
 * const [edge, agent, gateway, rag] = await freePorts(4);
 * const system = await RunningSystem.start({ root, environment: { EDGE_PORT: String(edge), AGENT_PORT: String(agent), GATEWAY_PORT: String(gateway), RAG_PORT: String(rag), DATA_DIR: folder } });
 */
export class RunningSystem {
  private constructor(
    private readonly child: ChildProcess,
    /** Everything it printed so far. */
    readonly printed: readonly string[],
    /** Milliseconds from the command to its banner. */
    readonly readyMs: number,
  ) {}

  /** Starts it and resolves with the banner. @throws with what it printed when it ends before. */
  static async start({ root, environment }: RunningSystemOptions): Promise<RunningSystem> {
    const began = performance.now();
    const child = spawn(process.execPath, [join(root, 'tools/launch.mjs'), 'dev'], { cwd: root, env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed: string[] = [];
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No banner within ${bannerDeadlineMs / 1000} s:\n${printed.join('\n')}`)), bannerDeadlineMs);
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          printed.push(line);
          if (!/^Ready in /.test(line)) return;
          clearTimeout(timer);
          resolve();
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
    return new RunningSystem(child, printed, Math.round(performance.now() - began));
  }

  /** Sends the signal and resolves with the exit code once the command has ended; null when a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }
}
