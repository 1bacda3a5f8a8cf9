import { existsSync } from 'node:fs';
import { access, constants, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { AppError } from '@faas/errors';
import type { DevConfig } from './dev.config';
import { services } from './services';

const deadlineMs = 4_000;

/**
 * Finds out before anything starts whether everything can.
 *
 * @throws AppError CONFIG_INVALID with one line per problem: what is wrong and which variable changes it.
 */
export async function preflight(config: DevConfig): Promise<void> {
  const ports = [
    { port: config.EDGE_PORT, variable: 'EDGE_PORT', user: 'local edge' },
    ...services.map(({ name, portVariable }) => ({ port: config[portVariable], variable: portVariable, user: `${name} service` })),
  ];
  const problems = await Promise.all([
    ...ports.filter(({ port }, index) => ports.findIndex((other) => other.port === port) === index).map(portProblem),
    sharedPortProblem(ports),
    authModeProblem(config),
    dataDirProblem(config.DATA_DIR),
    serverProblem('DATABASE_URL', config.DATABASE_URL, pingDatabase),
    serverProblem('REDIS_URL', config.REDIS_URL, pingRedis),
  ]);
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new AppError('CONFIG_INVALID', found.join('\n'));
}

interface WantedPort {
  readonly port: number;
  readonly variable: string;
  readonly user: string;
}

async function portProblem({ port, variable, user }: WantedPort): Promise<string | undefined> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (!error) return undefined;
  const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${error.code ?? error.message})`;
  return `Port ${port} for the ${user} ${reason}. Free it, or choose another with ${variable}=<port>.`;
}

async function sharedPortProblem(ports: readonly WantedPort[]): Promise<string | undefined> {
  const twice = ports.find(({ port }, index) => ports.findIndex((other) => other.port === port) !== index);
  return twice && `Port ${twice.port} is given to two programs. Choose another with ${twice.variable}=<port>.`;
}

/** Whoever asks for credentials must not get a system that is open without a word. */
function authModeProblem({ AUTH_MODE, DATA_DIR }: DevConfig): string | undefined {
  if (AUTH_MODE !== 'required') return undefined;
  const projects = services.map(({ project }) => project).join(', ');
  return `npm start serves this machine without credentials; to run with AUTH_MODE=required start each service with "npx nx serve <service>" (${projects}), and issue a first key with "npm run key -- --tenant <name> --signing-secret file:${join(DATA_DIR, 'gateway', 'signing-secret')}".`;
}

async function dataDirProblem(folder: string): Promise<string | undefined> {
  const probe = join(folder, `.write-probe-${process.pid}`);
  try {
    await makeFolder(folder);
    await readdir(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    await (await open(probe, 'wx')).close();
    await unlink(probe);
    return undefined;
  } catch (error) {
    return `The data folder ${folder} cannot be read and written (${reasonOf(error)}). Repair its permissions, or choose another with DATA_DIR=<folder>.`;
  }
}

/** Not mkdir's own `recursive`: on a file system that refuses new folders with ENOENT (/proc) Node tries for ever. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  if (!existsSync(dirname(folder))) await makeFolder(dirname(folder));
  await mkdir(folder);
}

async function serverProblem(variable: string, url: string | undefined, ping: (url: string) => Promise<void>): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    await ping(url);
    return undefined;
  } catch (error) {
    const place = URL.canParse(url) ? ` at ${new URL(url).host}` : '';
    return `${variable}: the server${place} cannot be used (${reasonOf(error)}). Start it, correct ${variable}, or unset it to run on the built-in one.`;
  }
}

async function pingDatabase(url: string): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: deadlineMs, query_timeout: deadlineMs });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function pingRedis(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: deadlineMs, commandTimeout: deadlineMs, maxRetriesPerRequest: 0, retryStrategy: () => null });
  // ioredis rejects with "Connection is closed."; the event has the cause.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}

function reasonOf(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  return message || errors?.map((each) => each.message).join('; ') || code || String(error);
}
