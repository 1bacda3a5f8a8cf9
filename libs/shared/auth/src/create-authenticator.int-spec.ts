import { newId, scopes } from '@faas/api';
import { createLogger } from '@faas/logging';
import { createAuthenticator, InternalTokens, jwksPath, KeySigner, revocationsPath, StoreRevocationList, toRevocationsAnswer, type Authenticator, type AuthenticatorOptions } from './index';
import { FakeGateway } from './test/fake-gateway';

const signingSecret = 'signing-secret-signing-secret-signing';
const serviceSecret = 'service-secret-service-secret-service';
const logger = createLogger({ service: 'auth-test', level: 'error' });

describe('createAuthenticator', () => {
  const gateway = new FakeGateway();
  const signer = new KeySigner(signingSecret);
  const issue = (keyId = newId('key')) => signer.issue({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'], keyId });
  const authenticatorOf = (options: Partial<AuthenticatorOptions> = {}): Authenticator =>
    createAuthenticator({ service: 'rag', config: { AUTH_MODE: 'required', GATEWAY_SERVICE_URL: gateway.origin }, logger, serviceSecret, ...options });

  beforeAll(() => gateway.start());
  afterAll(() => gateway.stop());
  beforeEach(() => {
    gateway.reset();
    gateway.answers.set(jwksPath, { body: signer.jwks() });
    gateway.answers.set(revocationsPath, toRevocationsAnswer([]));
  });

  it("verifies the gateway's keys on another service, over HTTP, fetching nothing before the first token", async () => {
    const authenticator = authenticatorOf();
    expect(gateway.requests).toEqual([]);
    const { key, keyId } = await issue();
    await expect(authenticator.authenticate({ authorization: `Bearer ${key}` })).resolves.toEqual({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'], keyId });
    await authenticator.authenticate({ 'x-api-key': (await issue()).key });
    expect(gateway.requests.map(({ path }) => path).sort()).toEqual([jwksPath, revocationsPath].sort());
  });

  it('asks for the revocation list with the ETag of the last answer and sees a revocation within 30 s', async () => {
    let now = Date.now();
    const authenticator = authenticatorOf({ clock: () => now });
    const { key, keyId } = await issue();
    await authenticator.authenticate({ 'x-api-key': key });
    now += 30_000;
    await authenticator.authenticate({ 'x-api-key': key });
    expect(gateway.requests.at(-1)).toEqual({ path: revocationsPath, etag: toRevocationsAnswer([]).etag, status: 304 });
    gateway.answers.set(revocationsPath, toRevocationsAnswer([keyId]));
    now += 30_000;
    await expect(authenticator.authenticate({ 'x-api-key': key })).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED' });
  });

  it('answers 503, retryable, while the gateway was never reached', async () => {
    await gateway.stop();
    try {
      const { key } = await issue();
      await expect(authenticatorOf().authenticate({ 'x-api-key': key })).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE', status: 503, retryable: true });
    } finally {
      await gateway.start();
    }
  });

  it('works on the gateway with its own keys and its own store of revocations, without HTTP', async () => {
    const revoked: string[] = [];
    const revocations = new StoreRevocationList({ read: async () => revoked, logger });
    const authenticator = authenticatorOf({ service: 'gateway', config: { AUTH_MODE: 'required' }, signingSecret, revocations });
    const { key, keyId } = await issue();
    await authenticator.authenticate({ 'x-goog-api-key': key });
    revoked.push(keyId);
    revocations.invalidate();
    await expect(authenticator.authenticate({ 'x-goog-api-key': key })).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED' });
    expect(gateway.requests).toEqual([]);
  });

  it('takes inline keys instead of fetching them', async () => {
    const config = { AUTH_MODE: 'required', GATEWAY_SERVICE_URL: gateway.origin, AUTH_JWKS: JSON.stringify(signer.jwks()) } as const;
    await authenticatorOf({ config }).authenticate({ 'x-api-key': (await issue()).key });
    expect(gateway.requests.map(({ path }) => path)).toEqual([revocationsPath]);
  });

  it('checks on whose key an internal token acts', async () => {
    const { keyId } = await issue();
    gateway.answers.set(revocationsPath, toRevocationsAnswer([keyId]));
    const mint = (key?: string) => new InternalTokens({ service: 'agent', secret: serviceSecret }).mint('rag', { tenant: 'acme', subject: 'ci', scopes: ['rag:read'], keyId: key });
    await expect(authenticatorOf().authenticate({ authorization: `Bearer ${await mint()}` })).resolves.toEqual({ tenant: 'acme', subject: 'ci', scopes: ['rag:read'] });
    await expect(authenticatorOf().authenticate({ authorization: `Bearer ${await mint(keyId)}` })).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED' });
  });

  it('acts as tenant local with every scope under AUTH_MODE=none, and still verifies what is sent', async () => {
    const authenticator = authenticatorOf({ config: { AUTH_MODE: 'none', GATEWAY_SERVICE_URL: gateway.origin } });
    await expect(authenticator.authenticate({})).resolves.toEqual({ tenant: 'local', subject: 'local', scopes: [...scopes] });
    await expect(authenticator.authenticate({ 'x-api-key': (await issue()).key })).resolves.toMatchObject({ tenant: 'acme' });
    await expect(authenticator.authenticate({ 'x-api-key': 'faas_nonsense' })).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
    await expect(authenticatorOf().authenticate({})).rejects.toMatchObject({ code: 'CREDENTIAL_MISSING' });
  });

  it('refuses to start without anybody to ask for keys, or with a short secret', () => {
    expect(() => authenticatorOf({ config: { AUTH_MODE: 'required' } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => authenticatorOf({ serviceSecret: 'short' })).toThrow(/SERVICE_SECRET.*32/);
    expect(() => authenticatorOf({ config: { AUTH_MODE: 'required', GATEWAY_SERVICE_URL: gateway.origin, AUTH_JWKS: '{"keys":[]}' } })).toThrow(/AUTH_JWKS/);
  });
});
