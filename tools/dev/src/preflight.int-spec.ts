import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevConfig } from './dev.config';
import { preflight } from './preflight';

describe('preflight', () => {
  let folder: string;
  let ports: number[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faas-preflight-'));
    const servers = [0, 0, 0, 0, 0].map(() => createServer().listen(0, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    ports = servers.map((server) => (server.address() as AddressInfo).port);
    await Promise.all(servers.map((server) => (server.close(), once(server, 'close'))));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const config = (changes: Partial<DevConfig> = {}): DevConfig => ({
    DATA_DIR: join(folder, 'new', 'data'),
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    MAX_BODY_BYTES: 1024,
    EDGE_PORT: ports[0]!,
    AGENT_PORT: ports[1]!,
    GATEWAY_PORT: ports[2]!,
    RAG_PORT: ports[3]!,
    ...changes,
  });
  const problem = (changes: Partial<DevConfig>) => preflight(config(changes)).then(() => 'nothing', (error: Error) => error.message);

  it('passes when everything is free, and makes the data folder', async () => {
    expect(await problem({})).toBe('nothing');
  });

  it('names a busy port and its variable in one line', async () => {
    const server = createServer().listen(ports[3], '127.0.0.1');
    await once(server, 'listening');
    const message = await problem({});
    server.close();
    expect(message).toBe(`Port ${ports[3]} for the rag service is in use by another program. Free it, or choose another with RAG_PORT=<port>.`);
  });

  it('refuses one port for two programs', async () => {
    expect(await problem({ AGENT_PORT: ports[0]! })).toMatch(/given to two programs.*AGENT_PORT/);
  });

  it.each(['file', 'file/below'])('names a data folder that cannot be used: %s', async (name) => {
    await writeFile(join(folder, 'file'), '');
    const message = await problem({ DATA_DIR: join(folder, name) });
    expect(message).toMatch(/^The data folder .* cannot be read and written .*DATA_DIR/);
    expect(message.split('\n')).toHaveLength(1);
  });

  it('names an unreachable database without its password', async () => {
    const message = await problem({ DATABASE_URL: `postgres://user:hush@127.0.0.1:${ports[4]}/x` });
    expect(message).toMatch(/^DATABASE_URL: the server at 127\.0\.0\.1:\d+ cannot be used \(connect ECONNREFUSED/);
    expect(message).not.toContain('hush');
  });

  it('names a Redis that is not one', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400\r\n\r\n')).listen(ports[4], '127.0.0.1');
    await once(server, 'listening');
    const message = await problem({ REDIS_URL: `redis://127.0.0.1:${ports[4]}` });
    server.close();
    expect(message).toMatch(/^REDIS_URL: the server at .* cannot be used/);
  });

  it('gives up on a database that accepts and says nothing', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(ports[4], '127.0.0.1');
    await once(server, 'listening');
    const began = Date.now();
    expect(await problem({ DATABASE_URL: `postgres://127.0.0.1:${ports[4]}/x` })).toMatch(/^DATABASE_URL: /);
    expect(Date.now() - began).toBeLessThan(8_000);
    server.close();
  }, 15_000);

  it('refuses AUTH_MODE=required and says how to run with it', async () => {
    const message = await problem({ AUTH_MODE: 'required' });
    expect(message).toMatch(/^npm start serves this machine without credentials; .*nx serve .*--signing-secret file:.*signing-secret/);
    expect(message.split('\n')).toHaveLength(1);
    expect(await problem({ AUTH_MODE: 'none' })).toBe('nothing');
  });

  it('lists every problem at once', async () => {
    const message = await problem({ AGENT_PORT: ports[0]!, REDIS_URL: `redis://127.0.0.1:${ports[4]}` });
    expect(message.split('\n')).toHaveLength(2);
  });
});
