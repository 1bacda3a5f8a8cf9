import { parseNatsUrl } from './nats-address';

describe('parseNatsUrl', () => {
  it('reads servers, credentials and TLS', () => {
    expect(parseNatsUrl('nats://localhost')).toEqual({ servers: ['localhost:4222'], tls: false });
    expect(parseNatsUrl('nats://a:1, nats://b:2')).toEqual({ servers: ['a:1', 'b:2'], tls: false });
    expect(parseNatsUrl('tls://me:p%40ss@a:1')).toEqual({ servers: ['a:1'], user: 'me', pass: 'p@ss', tls: true });
    expect(parseNatsUrl('nats://token@a')).toEqual({ servers: ['a:4222'], token: 'token', tls: false });
  });

  it.each(['', 'localhost:4222', 'http://:hush@a', 'nats://', 'nats://a,'])('refuses "%s" without repeating it', (value) => {
    expect(() => parseNatsUrl(value)).toThrow(/^NATS_URL: expected nats:/);
  });
});
