import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@faas/errors';
import type { ServiceLog } from './service-log';

const graceMs = 11_000;
const pollMs = 50;

export interface ServiceProcessOptions {
  readonly name: string;
  readonly bundle: string;
  /** Script that ends the process when this one is gone. */
  readonly preload: string;
  readonly cwd: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: ServiceLog;
  /** Told when a service that was ready ends by itself. */
  readonly onEnd: (reason: string) => void;
}

/** One running service: a child process that does not outlive this one. */
export class ServiceProcess {
  private child?: ChildProcess;
  private ended?: Promise<string>;
  private wanted = false;

  constructor(private readonly options: ServiceProcessOptions) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts it and resolves once `/ready` answers 200.
   *
   * @throws AppError SERVICE_UNAVAILABLE with its last log lines when it ends before or takes longer than `deadlineMs`.
   */
  async start(deadlineMs: number): Promise<void> {
    const { name, bundle, preload, cwd, environment, log } = this.options;
    this.wanted = true;
    // A process group of its own: Ctrl-C in the terminal reaches it through stop(), in order, and not on its own.
    const child = spawn(process.execPath, ['--enable-source-maps', '--disable-warning=ExperimentalWarning', '--require', preload, bundle], {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.child = child;
    if (child.stdout) log.read(child.stdout);
    if (child.stderr) log.read(child.stderr);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code ?? 0}`));
    });
    const waiting = new AbortController();
    const outcome = await Promise.race([this.untilReady(deadlineMs, waiting.signal), this.ended]).finally(() => waiting.abort());
    if (outcome === undefined) {
      void this.ended.then((reason) => this.wanted && this.child === child && this.options.onEnd(reason));
      return;
    }
    // Its last lines may still be on their way.
    await sleep(100);
    throw new AppError('SERVICE_UNAVAILABLE', `The ${name} service did not start (${outcome}). Its last lines, from ${log.path}:\n${log.tail()}`);
  }

  /** Asks it to end and kills it when it does not within 11 s. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.wanted = false;
    if (!this.child || !this.ended || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.wanted = false;
    this.child?.kill('SIGKILL');
  }

  /** Undefined when ready, else why not. */
  private async untilReady(deadlineMs: number, signal: AbortSignal): Promise<string | undefined> {
    const end = Date.now() + deadlineMs;
    let last = 'no answer';
    while (Date.now() < end && !signal.aborted) {
      await sleep(pollMs);
      const answer = await fetch(`http://127.0.0.1:${this.options.port}/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      if (answer?.ok) return undefined;
      if (answer) last = `not ready: ${(await answer.text()).slice(0, 300)}`;
    }
    return `${last} within ${Math.round(deadlineMs / 1000)} s`;
  }
}
