import { runInContext } from '@faas/request-context';
import { deriveSigningKey } from '../keys/ed25519-key';
import { ScriptedFetch } from '../test/scripted-fetch';
import { SilentLog } from '../test/silent-log';
import { RemoteKeySet } from './remote.adapter';

const start = Date.parse('2026-11-23T10:00:00Z');
const seconds = 1_000;
const minutes = 60_000;
const hours = 3_600_000;
const first = deriveSigningKey('first-secret-first-secret-first-secret').publicJwk;
const second = deriveSigningKey('second-secret-second-secret-second-se').publicJwk;

describe('the keys behind a URL', () => {
  let now = start;
  const setUp = () => {
    now = start;
    const server = new ScriptedFetch();
    server.answer = { keys: [first] };
    const keys = new RemoteKeySet({ url: 'http://gateway/jwks.json', fetchJson: server.fetchJson, logger: new SilentLog(), clock: () => now });
    return { server, find: ({ kid }: { kid: string }) => keys.find({ alg: 'EdDSA', kid }) };
  };
  const unknown = { code: 'CREDENTIAL_INVALID' };
  const unavailable = { code: 'AUTH_UNAVAILABLE', status: 503, retryable: true };

  it('are fetched with the first token and kept for 10 min', async () => {
    const { server, find } = setUp();
    expect(server.calls).toBe(0);
    for (const elapsed of [0, 1, 10 * minutes - 1]) {
      now = start + elapsed;
      await expect(find(first)).resolves.toMatchObject({ type: 'public' });
    }
    expect(server.calls).toBe(1);
    now = start + 10 * minutes;
    await find(first);
    expect(server.calls).toBe(2);
  });

  it('are fetched once for all who wait, also when the first of them goes away', async () => {
    const { server, find } = setUp();
    const release = server.hold();
    const aborted = AbortSignal.abort();
    const asked = Promise.all([runInContext({ requestId: 'r', signal: aborted }, () => find(first)), ...Array.from({ length: 99 }, () => find(first))]);
    release();
    await asked;
    expect(server.calls).toBe(1);
  });

  it('are fetched once more for an unknown key id, at most every 10 s', async () => {
    const { server, find } = setUp();
    await find(first);
    now += 10 * seconds;
    server.answer = { keys: [second, first] };
    await expect(Promise.all(Array.from({ length: 50 }, () => find(second)))).resolves.toHaveLength(50);
    expect(server.calls).toBe(2);
    for (let index = 0; index < 40; index++) {
      now += 250;
      await expect(find({ kid: `unknown-${index}` })).rejects.toMatchObject(unknown);
    }
    expect(server.calls).toBe(3);
  });

  it('forget a key that is no longer published', async () => {
    const { server, find } = setUp();
    await find(first);
    server.answer = { keys: [second] };
    now += 10 * minutes;
    await expect(find(first)).rejects.toMatchObject(unknown);
  });

  it('are used for 24 h while the server is down, asking every 10 s, and then no more', async () => {
    const { server, find } = setUp();
    await find(first);
    server.failure = new Error('connection refused');
    now += 10 * minutes;
    for (let index = 0; index < 20; index++) {
      await expect(find(first)).resolves.toBeDefined();
      now += seconds;
    }
    expect(server.calls).toBe(1 + 2);
    now = start + 24 * hours - 1;
    await expect(find(first)).resolves.toBeDefined();
    now = start + 24 * hours;
    await expect(find(first)).rejects.toMatchObject(unavailable);
    server.failure = undefined;
    now += seconds;
    await expect(find(first)).resolves.toBeDefined();
  });

  it('say that they are out of reach rather than that a key is unknown, when they could not look', async () => {
    const { server, find } = setUp();
    server.failure = new Error('connection refused');
    await expect(find(first)).rejects.toMatchObject(unavailable);
    server.failure = undefined;
    now += seconds;
    await find(first);
    server.failure = new Error('connection refused');
    now += 10 * seconds;
    await expect(find(second)).rejects.toMatchObject(unavailable);
    await expect(find(first)).resolves.toBeDefined();
  });

  it('are not replaced by an answer that is no key set', async () => {
    const { server, find } = setUp();
    await find(first);
    server.answer = { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: first.kid }] };
    now += 10 * minutes;
    await expect(find(first)).resolves.toMatchObject({ type: 'public' });
  });
});
