import { AppError } from '@faas/errors';
import { runInContext, runInTransactionScope } from '@faas/request-context';
import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { ScriptedServer, type Received } from '../../test/scripted-server';
import { AddressResolver, EgressGuard, type EgressGuardOptions, type EgressResponse } from '../index';

/** Answers each name with the next of its scripted lists of addresses; the last one stays. */
class ScriptedResolver extends AddressResolver {
  readonly asked: string[] = [];

  constructor(private readonly script: Record<string, string[][]>) {
    super();
  }

  async resolve(hostname: string): Promise<readonly string[]> {
    this.asked.push(hostname);
    const answers = this.script[hostname];
    if (!answers) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
  }
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (request: Received, response: ServerResponse) => void): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(answer);
  closers.push(() => server.close());
  return server;
}

/** A guard that takes 127.0.0.1, and only it, for a public address. */
function guardFor(server: ScriptedServer, script: Record<string, string[][]>, options: EgressGuardOptions = {}) {
  const resolver = new ScriptedResolver(script);
  return { resolver, guard: new EgressGuard({ resolver, ports: [server.port], allow: (address) => address === '127.0.0.1', ...options }) };
}

const limits = { maxBytes: 10_000, timeoutMs: 3_000 };
const textOf = ({ bytes }: EgressResponse) => Buffer.from(bytes).toString();

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!AppError.is(error)) throw new Error(`Expected an AppError, got ${String(error)}`);
  return error;
}

describe('a fetch', () => {
  it('returns bytes, media type and charset, and sends neither cookies nor credentials nor traces', async () => {
    const server = await serve((_request, response) => response.writeHead(200, { 'content-type': 'Text/HTML; charset="ISO-8859-1"', 'set-cookie': 'a=b' }).end('hello'));
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const page = await runInContext({ requestId: 'r', traceparent }, () => guard.fetch(`http://docs.test:${server.port}/a?b=1#c`, { ...limits, accept: 'text/html' }));
    expect(page).toMatchObject({ url: `http://docs.test:${server.port}/a?b=1`, mediaType: 'text/html', charset: 'iso-8859-1' });
    expect(textOf(page)).toBe('hello');
    expect(Object.keys(server.received[0]?.headers ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
    expect(server.received[0]?.headers.host).toBe(`docs.test:${server.port}`);
  });

  it.each([
    ['gzip', gzipSync('packed')],
    ['br', brotliCompressSync('packed')],
  ])('unpacks %s', async (encoding, bytes) => {
    const server = await serve((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes));
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    expect(textOf(await guard.fetch(`http://docs.test:${server.port}/`, limits))).toBe('packed');
  });

  it('is refused while a transaction is open', async () => {
    const server = await serve((_request, response) => response.end());
    const { guard } = guardFor(server, {});
    expect(await runInTransactionScope(() => errorOf(guard.fetch('http://docs.test/', limits)))).toMatchObject({ code: 'EXTERNAL_CALL_IN_TRANSACTION' });
  });
});

describe('addresses', () => {
  it('that are not public are refused, by name and as literals, without a connection', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    const resolver = new ScriptedResolver({ 'inner.test': [['127.0.0.1']] });
    const guard = new EgressGuard({ resolver, ports: [server.port] });
    for (const host of ['inner.test', '127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]']) {
      expect(await errorOf(guard.fetch(`http://${host}:${server.port}/`, limits))).toMatchObject({ code: 'URL_FORBIDDEN', message: expect.stringContaining('not on the public internet') });
    }
    expect(server.received).toHaveLength(0);
  });

  it('are refused all when one of them is not public', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    const { guard } = guardFor(server, { 'mixed.test': [['127.0.0.1', '10.0.0.1']] });
    expect(await errorOf(guard.fetch(`http://mixed.test:${server.port}/`, limits))).toMatchObject({ code: 'URL_FORBIDDEN', message: expect.not.stringContaining('10.0.0.1') });
  });

  it('are resolved once: a second DNS answer cannot lead elsewhere', async () => {
    const server = await serve((_request, response) => response.end('checked'));
    const { guard, resolver } = guardFor(server, { 'rebind.test': [['127.0.0.1'], ['10.0.0.1']] });
    expect(textOf(await guard.fetch(`http://rebind.test:${server.port}/`, limits))).toBe('checked');
    expect(resolver.asked).toEqual(['rebind.test']);
    expect(await errorOf(guard.fetch(`http://rebind.test:${server.port}/`, limits))).toMatchObject({ code: 'URL_FORBIDDEN' });
  });

  it('of the operating system are checked too', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    expect(await errorOf(new EgressGuard({ ports: [server.port] }).fetch(`http://localhost:${server.port}/`, limits))).toMatchObject({ code: 'URL_FORBIDDEN' });
    const allowed = new EgressGuard({ ports: [server.port], allowedHosts: ['127.0.0.1'] });
    expect(textOf(await allowed.fetch(`${server.url}/`, limits))).toBe('secret');
  });

  it('of an unknown name make it unreachable', async () => {
    const server = await serve((_request, response) => response.end());
    const { guard } = guardFor(server, { 'empty.test': [[]] });
    for (const host of ['gone.test', 'empty.test']) expect(await errorOf(guard.fetch(`http://${host}:${server.port}/`, limits))).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining(host) });
  });

  it('are connected to under the name of the host, for certificates are issued to names', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, callback) => {
        names.push(name);
        callback(new Error('no certificate'));
      },
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const guard = new EgressGuard({ resolver: new ScriptedResolver({ 'secure.test': [['127.0.0.1']] }), ports: [port], allow: (address) => address === '127.0.0.1' });
    expect(await errorOf(guard.fetch(`https://secure.test:${port}/`, limits))).toMatchObject({ code: 'URL_UNREACHABLE' });
    expect(names).toEqual(['secure.test']);
  });
});

describe('redirects', () => {
  const redirecting = (target: (port: number) => string) => {
    let server: ScriptedServer | undefined;
    return serve((request, response) => (request.url === '/start' ? response.writeHead(302, { location: target(server?.port ?? 0), 'set-cookie': 'a=b' }).end() : response.end(`at ${request.url}`))).then((started) => (server = started));
  };

  it('are followed to public addresses, without cookies', async () => {
    const server = await redirecting((port) => `http://other.test:${port}/end`);
    const { guard, resolver } = guardFor(server, { 'docs.test': [['127.0.0.1']], 'other.test': [['127.0.0.1']] });
    const page = await guard.fetch(`http://docs.test:${server.port}/start`, limits);
    expect([page.url, textOf(page)]).toEqual([`http://other.test:${server.port}/end`, 'at /end']);
    expect(resolver.asked).toEqual(['docs.test', 'other.test']);
    expect(server.received[1]?.headers['cookie']).toBeUndefined();
  });

  it('are followed when they are relative', async () => {
    const server = await redirecting(() => 'end?x=1');
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    expect(textOf(await guard.fetch(`http://docs.test:${server.port}/start`, limits))).toBe('at /end?x=1');
  });

  it.each([
    ['a private address', () => 'http://10.0.0.1/'],
    ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a name with a private address', (port: number) => `http://inner.test:${port}/`],
    ['another scheme', () => 'file:///etc/passwd'],
    ['credentials', (port: number) => `http://user:pw@docs.test:${port}/`],
    ['another port', () => 'http://docs.test:1/'],
  ])('to %s are refused', async (_what, target) => {
    const server = await redirecting(target);
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']], 'inner.test': [['192.168.1.1']] }, { ports: [server.port, 80] });
    expect(await errorOf(guard.fetch(`http://docs.test:${server.port}/start`, limits))).toMatchObject({ code: 'URL_FORBIDDEN' });
    expect(server.received).toHaveLength(1);
  });

  it('end after the fifth', async () => {
    let count = 0;
    const server = await serve((_request, response) => response.writeHead(302, { location: `/${++count}` }).end());
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    expect(await errorOf(guard.fetch(`http://docs.test:${server.port}/`, limits))).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining('more than 5 times'), retryable: false });
    expect(server.received).toHaveLength(6);
  });
});

describe('limits', () => {
  const fetchFrom = async (answer: (request: Received, response: ServerResponse) => void, request = limits) => {
    const server = await serve(answer);
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    return errorOf(guard.fetch(`http://docs.test:${server.port}/`, request));
  };

  it('hold for the announced, the sent and the unpacked size', async () => {
    const tooLarge = { code: 'URL_UNREACHABLE', message: expect.stringContaining('larger than 10000 bytes'), retryable: false };
    expect(await fetchFrom((_request, response) => response.writeHead(200, { 'content-length': '20000' }).end('a'.repeat(20_000)))).toMatchObject(tooLarge);
    expect(await fetchFrom((_request, response) => void response.writeHead(200).end('a'.repeat(20_000)))).toMatchObject(tooLarge);
    const bomb = gzipSync(Buffer.alloc(9_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(await fetchFrom((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))).toMatchObject(tooLarge);
  });

  it('refuse packing that is unknown, doubled or broken', async () => {
    for (const encoding of ['compress', 'gzip, gzip']) {
      expect(await fetchFrom((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end('x'))).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining(encoding) });
    }
    expect(await fetchFrom((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'))).toMatchObject({ code: 'URL_UNREACHABLE' });
    expect(await fetchFrom((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello world').subarray(0, 15)))).toMatchObject({ code: 'URL_UNREACHABLE' });
  });

  it('end a server that hangs, trickles or sends endless headers', async () => {
    const short = { ...limits, timeoutMs: 80 };
    expect(await fetchFrom(() => undefined, short)).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining('in time'), retryable: true });
    const trickle = (_request: Received, response: ServerResponse) => {
      const timer = setInterval(() => response.write('a'), 10);
      response.on('close', () => clearInterval(timer));
    };
    expect(await fetchFrom(trickle, short)).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining('in time') });
    expect(await fetchFrom((_request, response) => response.writeHead(200, { 'x-large': 'a'.repeat(20_000) }).end())).toMatchObject({ code: 'URL_UNREACHABLE' });
  });

  it('end a resolver that hangs', async () => {
    const hanging = new (class extends AddressResolver {
      resolve(): Promise<readonly string[]> {
        return new Promise(() => undefined);
      }
    })();
    expect(await errorOf(new EgressGuard({ resolver: hanging }).fetch('http://docs.test/', { ...limits, timeoutMs: 50 }))).toMatchObject({ code: 'URL_UNREACHABLE' });
  });

  it('end with the current request', async () => {
    const server = await serve(() => undefined);
    const { guard } = guardFor(server, { 'docs.test': [['127.0.0.1']] });
    const fetch = () => errorOf(guard.fetch(`http://docs.test:${server.port}/`, limits));
    expect(await runInContext({ requestId: 'r', deadline: Date.now() + 50 }, fetch)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await runInContext({ requestId: 'r', signal: AbortSignal.timeout(50) }, fetch)).toMatchObject({ code: 'REQUEST_ABORTED' });
  });

  it('a cut body and a status that is no success are unreachable', async () => {
    const cut = (_request: Received, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await fetchFrom(cut)).toMatchObject({ code: 'URL_UNREACHABLE' });
    expect(await fetchFrom((_request, response) => response.writeHead(404).end())).toMatchObject({ code: 'URL_UNREACHABLE', message: expect.stringContaining('404'), retryable: false });
    expect(await fetchFrom((_request, response) => response.writeHead(503).end())).toMatchObject({ code: 'URL_UNREACHABLE', retryable: true });
    expect(await fetchFrom((_request, response) => void response.destroy())).toMatchObject({ code: 'URL_UNREACHABLE' });
  });
});
