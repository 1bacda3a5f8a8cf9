import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceLog } from './service-log';
import { ServiceProcess } from './service-process';

const ready = `require('http').createServer((_, response) => response.end('ok')).listen(process.env.SERVICE_PORT, '127.0.0.1');
console.log('{"level":"info","event":"service.started"}');
console.log('{"level":"error","event":"model-call.failed","error":{"code":"INTERNAL","message":"broken"}}');
process.on('SIGTERM', () => process.exit(0));`;

describe('ServiceProcess', () => {
  let folder: string;
  let warnings: string[];
  let ends: string[];
  let service: ServiceProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faas-service-'));
    warnings = [];
    ends = [];
  });

  afterEach(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function create(source: string): Promise<ServiceProcess> {
    const bundle = join(folder, 'main.cjs');
    await writeFile(bundle, source);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return new ServiceProcess({
      name: 'rag',
      bundle,
      preload: join(__dirname, '../parent-watch.cjs'),
      cwd: folder,
      port,
      environment: { PATH: process.env.PATH, SERVICE_PORT: String(port) },
      log: new ServiceLog(join(folder, 'logs/rag.log'), (text) => warnings.push(text)),
      onEnd: (reason) => ends.push(reason),
    });
  }

  it('is started when /ready answers, and ends when asked', async () => {
    service = await create(ready);
    await service.start(20_000);
    const { pid } = service;
    await service.stop();
    expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/);
    expect(ends).toEqual([]);
  }, 30_000);

  it('keeps the log and shows its warnings', async () => {
    service = await create(ready);
    await service.start(20_000);
    await service.stop();
    expect(warnings).toEqual(['model-call.failed: INTERNAL: broken']);
    expect(await readFile(join(folder, 'logs/rag.log'), 'utf8')).toContain('service.started');
  }, 30_000);

  it('tells with its last lines why it did not start', async () => {
    service = await create(`console.error('rag-service cannot start: no such database'); process.exit(1);`);
    await expect(service.start(20_000)).rejects.toThrow(/The rag service did not start \(exit code 1\)[^]*no such database/);
    expect(ends).toEqual([]);
  }, 30_000);

  it('gives up on one that never becomes ready', async () => {
    service = await create(`require('http').createServer((_, response) => { response.statusCode = 503; response.end('{"checks":{"schema":"SCHEMA_BEHIND"}}'); }).listen(process.env.SERVICE_PORT, '127.0.0.1');`);
    await expect(service.start(1_500)).rejects.toThrow(/did not start \(not ready: .*SCHEMA_BEHIND/);
  }, 30_000);

  it('tells when a running service dies and can be started again', async () => {
    service = await create(ready);
    await service.start(20_000);
    process.kill(service.pid!, 'SIGKILL');
    for (let waited = 0; ends.length === 0 && waited < 200; waited++) await new Promise((resolve) => setTimeout(resolve, 25));
    expect(ends).toEqual(['ended by SIGKILL']);
    await service.start(20_000);
    expect(ends).toHaveLength(1);
  }, 30_000);
});
