import { ScriptedFetch } from '../test/scripted-fetch';
import { SilentLog } from '../test/silent-log';
import { RemoteRevocationList } from './remote.adapter';
import { toRevocationsAnswer } from './revocations.schema';
import { StoreRevocationList } from './store.adapter';

const start = Date.parse('2026-11-23T10:00:00Z');
let now = start;
const clock = () => now;
const seconds = 1_000;
const minutes = 60_000;

beforeEach(() => {
  now = start;
});

describe("the gateway's list, seen from another service", () => {
  const setUp = () => {
    const gateway = new ScriptedFetch();
    const publish = (...keyIds: string[]) => {
      const { body, etag } = toRevocationsAnswer(keyIds);
      Object.assign(gateway, { answer: body, etag, failure: undefined });
    };
    publish();
    const logger = new SilentLog();
    return { gateway, publish, logger, list: new RemoteRevocationList({ url: 'http://gateway/revocations', fetchJson: gateway.fetchJson, logger, clock }) };
  };

  it('is asked for with the first token, then at most every 30 s', async () => {
    const { gateway, list } = setUp();
    expect(gateway.calls).toBe(0);
    for (const elapsed of [0, 1, 29_999]) {
      now = start + elapsed;
      expect(await list.isRevoked('key_1')).toBe(false);
    }
    expect(gateway.calls).toBe(1);
    now = start + 30 * seconds;
    await list.isRevoked('key_1');
    expect(gateway.etags).toEqual([undefined, gateway.etag]);
  });

  it('shows a revocation within 30 s, whenever it happens', async () => {
    for (let revokedAfter = 0; revokedAfter < 30; revokedAfter += 3) {
      now = start;
      const { publish, list } = setUp();
      await list.isRevoked('key_1');
      now = start + revokedAfter * seconds;
      publish('key_1');
      now += 30 * seconds;
      expect(await list.isRevoked('key_1')).toBe(true);
    }
  });

  it('counts its age from the start of a fetch, not from its end', async () => {
    const { gateway, publish, list } = setUp();
    const release = gateway.hold();
    const first = list.isRevoked('key_1');
    now += 4 * seconds;
    publish('key_1');
    release();
    expect(await first).toBe(false);
    now = start + 30 * seconds;
    expect(await list.isRevoked('key_1')).toBe(true);
  });

  it('is fetched once for all who wait', async () => {
    const { gateway, list } = setUp();
    const release = gateway.hold();
    const asked = Promise.all(Array.from({ length: 100 }, () => list.isRevoked('key_1')));
    release();
    await asked;
    expect(gateway.calls).toBe(1);
  });

  it('is used for 10 min while the gateway is down, asking every 30 s, and then no more', async () => {
    const { gateway, publish, list, logger } = setUp();
    publish('key_1');
    await list.isRevoked('key_1');
    gateway.failure = new Error('connection refused');
    for (now = start + 30 * seconds; now < start + 10 * minutes; now += seconds) expect(await list.isRevoked('key_1')).toBe(true);
    expect(gateway.calls).toBe(1 + 19);
    expect(logger.warnings).toHaveLength(19);
    now = start + 10 * minutes;
    await expect(list.isRevoked('key_1')).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE', status: 503, retryable: true, cause: gateway.failure });
    publish();
    now += seconds;
    expect(await list.isRevoked('key_1')).toBe(false);
  });

  it('without any answer yet is asked for again every second', async () => {
    const { gateway, publish, list } = setUp();
    gateway.failure = new Error('connection refused');
    for (now = start; now < start + 2 * seconds; now += 250) await expect(list.isRevoked('key_1')).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE' });
    expect(gateway.calls).toBe(2);
    publish('key_1');
    expect(await list.isRevoked('key_1')).toBe(true);
  });

  it('is not replaced by an answer that is no list', async () => {
    const { gateway, list } = setUp();
    await list.isRevoked('key_1');
    now += 30 * seconds;
    Object.assign(gateway, { answer: { error: 'oops' }, etag: undefined });
    expect(await list.isRevoked('key_1')).toBe(false);
    now = start + 10 * minutes;
    await expect(list.isRevoked('key_1')).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE' });
  });
});

describe("the gateway's own list", () => {
  it('is read again after 5 s, or at once after a revocation in this process', async () => {
    const revoked: string[] = [];
    let reads = 0;
    const list = new StoreRevocationList({ read: async () => (reads++, [...revoked]), logger: new SilentLog(), clock });
    await list.isRevoked('key_1');
    revoked.push('key_1');
    now += 4_999;
    expect(await list.isRevoked('key_1')).toBe(false);
    now += 1;
    expect(await list.isRevoked('key_1')).toBe(true);
    revoked.push('key_2');
    list.invalidate();
    expect(await list.isRevoked('key_2')).toBe(true);
    expect(reads).toBe(3);
  });

  it('does not trust a read that began before the revocation', async () => {
    const revoked: string[] = [];
    const gates: PromiseWithResolvers<undefined>[] = [];
    const read = async () => {
      const seen = [...revoked];
      const gate = Promise.withResolvers<undefined>();
      gates.push(gate);
      await gate.promise;
      return seen;
    };
    const list = new StoreRevocationList({ read, logger: new SilentLog(), clock });
    const early = list.isRevoked('key_1');
    revoked.push('key_1');
    list.invalidate();
    const late = list.isRevoked('key_1');
    gates[1]?.resolve(undefined);
    expect(await late).toBe(true);
    gates[0]?.resolve(undefined);
    expect(await early).toBe(true);
    expect(await list.isRevoked('key_1')).toBe(true);
  });
});

describe('the answer with revoked keys', () => {
  it('has the same ETag for the same keys in any order', () => {
    expect(toRevocationsAnswer(['b', 'a', 'b'])).toEqual(toRevocationsAnswer(new Set(['a', 'b'])));
    expect(toRevocationsAnswer(['a']).etag).not.toBe(toRevocationsAnswer(['b']).etag);
    expect(toRevocationsAnswer([])).toEqual({ body: { data: [] }, etag: expect.stringMatching(/^"[\w-]+"$/) });
  });
});
