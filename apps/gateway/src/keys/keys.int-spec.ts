import { describeOnEachEngine, type ThrowawayDatabase } from '@faas/testing';
import { startGateway, type RunningGateway } from '../../test/running-gateway';

interface Card {
  id: string;
  key: string;
  tenant: string;
  name: string;
  scopes: string[];
  createdBy: string;
  expiresAt: string;
  revokedAt: string | null;
}

describeOnEachEngine('keys', (engine) => {
  let database: ThrowawayDatabase;
  const acme = 'acme';
  const other = 'other';
  let gateway: RunningGateway;
  let admin: string;
  let operator: string;
  beforeAll(async () => {
    database = await engine.create();
    gateway = await startGateway({ database });
    admin = await gateway.keyFor(acme, ['keys:manage', 'gateway:use', 'rag:read']);
    operator = await gateway.keyFor('operators', ['keys:manage', 'tenants:manage', 'gateway:use', 'rag:read', 'rag:write']);
  });
  afterAll(async () => {
    await gateway.close();
    await database.drop();
  });

  const issue = async (body: unknown, key = admin) => {
    const response = await gateway.post('/keys', body, key);
    return { status: response.status, body: (await response.json()) as Card & { error?: { code: string } } };
  };
  const revoke = (id: string, key: string) => fetch(`${gateway.api}/keys/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
  const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

  it('issues a key that works and is shown only once', async () => {
    const { status, body } = await issue({ scopes: ['gateway:use'] });
    expect([status, body.tenant, body.name, body.createdBy]).toEqual([201, acme, 'key', 'test']);
    expect(body.key).toMatch(/^faas_/);
    expect((await gateway.get('/providers', body.key)).status).toBe(200);
    const list = await (await gateway.get('/keys', admin)).text();
    expect(list).toContain(body.id);
    expect(list).not.toContain(body.key);
  });

  it.each([
    ['a scope the issuer lacks', { scopes: ['rag:write'] }, 403, 'SCOPE_MISSING'],
    ['another tenant', { tenant: other, scopes: ['rag:read'] }, 403, 'SCOPE_MISSING'],
    ['an unknown scope', { scopes: ['root'] }, 400, 'REQUEST_INVALID'],
    ['no scope', { scopes: [] }, 400, 'REQUEST_INVALID'],
    ['an end in the past', { scopes: ['rag:read'], expiresAt: '2020-01-01T00:00:00Z' }, 400, 'REQUEST_INVALID'],
    ['an unknown field', { scopes: ['rag:read'], admin: true }, 400, 'REQUEST_INVALID'],
  ])('refuses %s', async (_name, body, status, code) => {
    const refused = await issue(body);
    expect([refused.status, refused.body.error?.code]).toEqual([status, code]);
  });

  it('revokes at once, on the open list too, and answers 304 to a known ETag', async () => {
    const { body } = await issue({ name: 'short-lived', scopes: ['gateway:use'] });
    expect((await gateway.get('/providers', body.key)).status).toBe(200);
    const before = await gateway.get('/auth/revocations');
    expect((await revoke(body.id, admin)).status).toBe(204);
    expect((await revoke(body.id, admin)).status).toBe(204);
    const refused = await gateway.get('/providers', body.key);
    expect([refused.status, await codeOf(refused)]).toEqual([401, 'CREDENTIAL_REVOKED']);
    const after = await gateway.get('/auth/revocations', undefined, { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(((await after.json()) as { data: string[] }).data).toContain(body.id);
    const known = await gateway.get('/auth/revocations', undefined, { 'if-none-match': after.headers.get('etag') ?? '' });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const { data } = (await (await gateway.get('/keys', admin)).json()) as { data: Card[] };
    expect(data.find(({ id }) => id === body.id)).toMatchObject({ name: 'short-lived', revokedAt: expect.any(String) });
  });

  it("hides another tenant's keys", async () => {
    const { body } = await issue({ scopes: ['rag:read'] });
    const stranger = await gateway.keyFor(other, ['keys:manage']);
    expect(await codeOf(await revoke(body.id, stranger))).toBe('KEY_NOT_FOUND');
    expect(((await (await gateway.get('/keys', stranger)).json()) as { data: Card[] }).data).toEqual([]);
    expect((await gateway.get(`/keys?tenant=${acme}`, stranger)).status).toBe(403);
    expect(await codeOf(await gateway.get(`/keys?after=${body.id}`, stranger))).toBe('CURSOR_INVALID');
  });

  it('lets who manages tenants issue, list and revoke for any of them', async () => {
    const { status, body } = await issue({ tenant: other, scopes: ['rag:read'] }, operator);
    expect([status, body.tenant]).toEqual([201, other]);
    expect(((await (await gateway.get(`/keys?tenant=${other}`, operator)).json()) as { data: Card[] }).data.map(({ id }) => id)).toContain(body.id);
    expect((await revoke(body.id, operator)).status).toBe(204);
    const { data } = (await (await gateway.get(`/keys?tenant=${other}`, operator)).json()) as { data: Card[] };
    expect(data.find(({ id }) => id === body.id)?.revokedAt).not.toBeNull();
  });

  it('gives a repeated request with an Idempotency-Key the same key, without having stored it', async () => {
    const headers = { 'idempotency-key': 'issue-once' };
    const first = (await (await gateway.post('/keys', { scopes: ['gateway:use'] }, admin, headers)).json()) as Card;
    const second = (await (await gateway.post('/keys', { scopes: ['gateway:use'] }, admin, headers)).json()) as Card;
    expect({ ...second, key: '' }).toEqual({ ...first, key: '' });
    expect((await gateway.get('/providers', second.key)).status).toBe(200);
    expect(((await (await gateway.get('/keys?limit=100', admin)).json()) as { data: Card[] }).data.filter(({ id }) => id === first.id)).toHaveLength(1);
    const reused = await gateway.post('/keys', { scopes: ['rag:read'] }, admin, headers);
    expect([reused.status, await codeOf(reused)]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('publishes the keys that verify, to everybody', async () => {
    const { keys } = (await (await gateway.get('/.well-known/jwks.json')).json()) as { keys: Record<string, unknown>[] };
    expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('asks for a credential and for the scope', async () => {
    expect((await gateway.get('/keys')).status).toBe(401);
    expect((await gateway.get('/keys', await gateway.keyFor(acme, ['gateway:use']))).status).toBe(403);
    expect((await gateway.post('/v1/chat/completions', { messages: [] }, await gateway.keyFor(acme, ['rag:read']))).status).toBe(403);
  });
});
