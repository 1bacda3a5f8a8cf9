import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemReady } from './system-ready';

describe('systemReady', () => {
  let server: Server;
  let statuses: number[];
  let port: number;
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  beforeEach(async () => {
    said.splice(0);
    server = createServer((_request, response) => response.writeHead(statuses.length > 1 ? statuses.shift()! : statuses[0]!).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('says nothing when the system is there', async () => {
    statuses = [200];
    await systemReady(`http://127.0.0.1:${port}`, '/ready', { patienceMs: 1_000, say });
    expect(said).toEqual([]);
  });

  it('waits for a system that is starting and says so once', async () => {
    statuses = [503, 503, 200];
    await systemReady(`http://127.0.0.1:${port}`, '/ready', { patienceMs: 10_000, say });
    expect(said).toEqual([`http://127.0.0.1:${port} is not ready yet; waiting up to 10 s for the system to start …`]);
  });

  it('does not wait for a system that refuses', async () => {
    statuses = [401];
    await systemReady(`http://127.0.0.1:${port}`, '/ready', { patienceMs: 10_000, say });
    expect(said).toEqual([]);
  });

  it('gives up and says how to start it', async () => {
    server.close();
    await expect(systemReady(`http://127.0.0.1:${port}`, '/ready', { patienceMs: 400, say })).rejects.toThrow(/Nothing answers at .* Start the system with "npm start"/);
    expect(said).toHaveLength(1);
  });
});
