import { assertLoopbackOnly, checkLocalOrigin } from './loopback';

describe('starting with AUTH_MODE=none', () => {
  it('is allowed on loopback addresses', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]', ['127.0.0.1', '::1']]) expect(() => assertLoopbackOnly({ host, environment: {} })).not.toThrow();
  });

  it('is refused when any address is open to others', () => {
    for (const host of ['', '0.0.0.0', '::', '[::]', '10.0.0.1', '192.168.1.2', 'example.com', 'localhost.evil.example', '127.evil.example', '127.0.0.1.nip.io', '::ffff:10.0.0.1', ['127.0.0.1', '0.0.0.0']]) {
      expect(() => assertLoopbackOnly({ host, environment: {} })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('AUTH_MODE') }));
    }
  });

  it('is refused on Lambda', () => {
    for (const name of ['AWS_LAMBDA_RUNTIME_API', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_HTTP_ENDPOINT']) {
      expect(() => assertLoopbackOnly({ host: '127.0.0.1', environment: { [name]: 'x' } })).toThrow(name);
      expect(() => assertLoopbackOnly({ host: '127.0.0.1', environment: { [name]: '' } })).not.toThrow();
    }
  });
});

describe('a request under AUTH_MODE=none', () => {
  const forbidden = expect.objectContaining({ code: 'ORIGIN_FORBIDDEN', status: 403 });

  it('is served for the names of this machine', () => {
    for (const host of ['localhost', 'LOCALHOST:8000', '127.0.0.1', '127.0.0.1:8081', '[::1]', '[::1]:8081']) expect(() => checkLocalOrigin({ host })).not.toThrow();
    for (const origin of ['http://localhost:3000', 'https://localhost', 'http://127.0.0.1:8000', 'http://[::1]:8000']) expect(() => checkLocalOrigin({ host: 'localhost', origin })).not.toThrow();
  });

  it('is refused for a name that somebody else points here', () => {
    for (const host of [undefined, '', 'evil.example', 'localhost.evil.example', 'localhost:80@evil.example', '127.0.0.1.nip.io', '127.0.0.1:8081, evil.example', '0.0.0.0:8081', '[::1', '::1', 'localhost:', 'localhost:80:80']) {
      expect(() => checkLocalOrigin({ host })).toThrow(forbidden);
    }
  });

  it('is refused for a page of another site', () => {
    for (const origin of ['null', '', 'https://evil.example', 'http://localhost.evil.example', 'http://localhost@evil.example', 'file://', 'chrome-extension://abc', ['http://localhost', 'http://evil.example']]) {
      expect(() => checkLocalOrigin({ host: 'localhost', origin })).toThrow(forbidden);
    }
  });
});
