import { scopes } from '@faas/api';
import { describeRouteWalk, FakeModelProvider } from '@faas/testing';
import { randomUUID } from 'node:crypto';
import { startGateway } from '../test/running-gateway';

describeRouteWalk('every route of the gateway service', async () => {
  const upstream = await FakeModelProvider.start();
  const gateway = await startGateway({ variables: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${upstream.url}/v1` } });
  const owner = await gateway.keyFor('acme', scopes);
  const issued = await gateway.post('/keys', { name: `walked-${randomUUID()}`, scopes: ['rag:read'] }, owner);
  const { id: key } = (await issued.json()) as { id: string };
  const chat = { model: 'local/extractive', messages: [{ role: 'user', content: 'hello' }] };
  await gateway.post('/v1/chat/completions', chat, owner);
  const prefix = '/api/v1/gateway';
  return {
    url: gateway.url,
    prefix,
    ids: { key },
    bodies: {
      [`POST ${prefix}/v1/chat/completions`]: chat,
      [`POST ${prefix}/v1/embeddings`]: { model: 'openai/text-embedding-3-small', input: 'hello' },
      [`POST ${prefix}/keys`]: { name: 'own', scopes: ['rag:read'] },
    },
    open: [`GET ${prefix}/.well-known/jwks.json`, `GET ${prefix}/auth/revocations`],
    credentials: { owner, stranger: await gateway.keyFor('globex', scopes.filter((scope) => scope !== 'tenants:manage')), powerless: await gateway.keyFor('acme', ['rag:read']) },
    close: async () => {
      await gateway.close();
      await upstream.close();
    },
  };
});
