import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@faas/errors';
import { loadServiceSecret } from '@faas/auth';
import colors from 'picocolors';
import type { DevConfig } from './dev.config';
import { openEdge, type Edge } from './edge/edge';
import { removeRunFile, writeRunFile } from './run-file';
import { ServiceLog } from './service-log';
import { ServiceProcess } from './service-process';
import { bundleOf, services, type ServiceName } from './services';

const readyDeadlineMs = 90_000;
const maxBackoffMs = 15_000;

/** The three services and the edge before them, started together and ended together. */
export class LocalSystem {
  private readonly processes = new Map<ServiceName, ServiceProcess>();
  private readonly logs: ServiceLog[] = [];
  private readonly ending = new AbortController();
  private readonly startedAt = new Date().toISOString();
  private readonly crashes = new Map<ServiceName, number[]>();
  private edge?: Edge;
  private shutdown?: Promise<void>;

  constructor(
    private readonly root: string,
    private readonly config: DevConfig,
    private readonly say: (line: string) => void,
  ) {}

  get stopping(): boolean {
    return this.ending.signal.aborted;
  }

  /** Aborts when the system is asked to end. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  private get upstreams(): Record<ServiceName, number> {
    return { gateway: this.config.GATEWAY_PORT, rag: this.config.RAG_PORT, agent: this.config.AGENT_PORT };
  }

  /** Starts all services at once and resolves when each is ready. @throws AppError naming the one that is not. */
  async startServices(): Promise<void> {
    // Made before the services start, so that all find the same.
    await loadServiceSecret({ DATA_DIR: this.config.DATA_DIR });
    for (const service of services) {
      const { name } = service;
      const log = new ServiceLog(join(this.config.DATA_DIR, 'logs', `${name}.log`), (text) => this.say(`${colors.yellow(`[${name}]`)} ${text}`));
      this.logs.push(log);
      this.processes.set(
        name,
        new ServiceProcess({
          name,
          bundle: join(this.root, bundleOf(service)),
          preload: join(this.root, 'tools/dev/parent-watch.cjs'),
          cwd: this.root,
          port: this.upstreams[name],
          environment: this.environmentOf(name),
          log,
          onEnd: (reason) => void this.revive(name, reason, Date.now()),
        }),
      );
    }
    await Promise.all([...this.processes.values()].map((each) => each.start(readyDeadlineMs)));
    await this.record();
  }

  /** Upserts the handbook and the guide through an edge that only this process knows. @throws AppError INTERNAL with what the seed printed. */
  async seed(): Promise<void> {
    const edge = await this.openEdge(0);
    try {
      const script = join(this.root, 'tools/cli/src/main.ts');
      const child = spawn(process.execPath, [...process.execArgv, script, 'seed', '--url', `http://localhost:${edge.port}`, '--quiet'], {
        cwd: this.root,
        env: { ...process.env, DATA_DIR: this.config.DATA_DIR, FAAS_API_KEY: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
      const cancel = () => child.kill('SIGKILL');
      this.ending.signal.addEventListener('abort', cancel);
      process.once('exit', cancel);
      const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
      process.off('exit', cancel);
      if (code !== 0 && !this.stopping) throw new AppError('INTERNAL', `The documentation could not be loaded.\n${Buffer.concat(output).toString().trimEnd()}`);
    } finally {
      await edge.close();
    }
  }

  async openDoor(): Promise<void> {
    this.edge = await this.openEdge(this.config.EDGE_PORT);
    await this.record();
  }

  /** Ends everything; called again it kills what has not ended yet. */
  async stop(): Promise<void> {
    if (this.shutdown) {
      for (const each of this.processes.values()) each.kill();
      return this.shutdown;
    }
    this.ending.abort();
    this.shutdown = this.end();
    return this.shutdown;
  }

  private async end(): Promise<void> {
    await this.edge?.close();
    await Promise.all([...this.processes.values()].map((each) => each.stop()));
    for (const log of this.logs) log.close();
    await removeRunFile(this.config.DATA_DIR);
  }

  private async openEdge(port: number): Promise<Edge> {
    try {
      return await openEdge({ port, upstreams: this.upstreams, maxBodyBytes: this.config.MAX_BODY_BYTES });
    } catch (error) {
      throw new AppError('CONFIG_INVALID', `Port ${port} for the local edge cannot be opened (${(error as Error).message}). Choose another with EDGE_PORT=<port>.`, { cause: error });
    }
  }

  private environmentOf(name: ServiceName): NodeJS.ProcessEnv {
    const { GATEWAY_PORT, RAG_PORT, DATA_DIR } = this.config;
    return {
      ...process.env,
      // The launcher's own settings are for TypeScript sources; services run as built.
      TSX_TSCONFIG_PATH: undefined,
      NODE_OPTIONS: undefined,
      NODE_COMPILE_CACHE: join(this.root, 'node_modules/.cache/compile'),
      SERVICE_NAME: undefined,
      SERVICE_PORT: String(this.upstreams[name]),
      HOST: '127.0.0.1',
      AUTH_MODE: 'none',
      DATA_DIR,
      GATEWAY_SERVICE_URL: `http://localhost:${GATEWAY_PORT}`,
      RAG_SERVICE_URL: `http://localhost:${RAG_PORT}`,
    };
  }

  /** Brings a service back that ended by itself: the others go on, nothing acknowledged is lost. */
  private async revive(name: ServiceName, reason: string, endedAt: number): Promise<void> {
    const service = this.processes.get(name);
    // One that ends again soon after it came back waits longer each time.
    const recent = [...(this.crashes.get(name) ?? []).filter((time) => endedAt - time < 60_000), endedAt];
    this.crashes.set(name, recent);
    for (let attempt = recent.length - 1; !this.stopping && service; attempt++) {
      const waitMs = Math.min(500 * 2 ** attempt, maxBackoffMs);
      this.say(`${colors.red(`[${name}]`)} the service stopped (${reason}); starting it again in ${waitMs / 1000} s`);
      await sleep(waitMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
      if (this.stopping) return;
      try {
        await service.start(readyDeadlineMs);
        await this.record();
        this.say(`${colors.green(`[${name}]`)} the service is back after ${((Date.now() - endedAt) / 1000).toFixed(1)} s`);
        return;
      } catch (error) {
        service.kill();
        if (this.stopping) return;
        this.say((error as Error).message);
        reason = 'it did not start';
      }
    }
  }

  private async record(): Promise<void> {
    if (this.stopping) return;
    const running = services.map(({ name }) => [name, { pid: this.processes.get(name)?.pid, port: this.upstreams[name] }] as const);
    await writeRunFile(this.config.DATA_DIR, {
      pid: process.pid,
      edge: `http://localhost:${this.config.EDGE_PORT}`,
      startedAt: this.startedAt,
      services: Object.fromEntries(running),
    });
  }
}
