import 'reflect-metadata';
import { describeOnServer } from '@faas/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RagHarness } from '../test/rag-harness';

async function checksWith(variables: Record<string, string>): Promise<unknown> {
  const harness = await RagHarness.start({ variables });
  try {
    const response = await harness.fetch('/ready');
    return await response.json();
  } finally {
    await harness.stop();
  }
}

describe('the readiness of the service', () => {
  let cache: Server;
  beforeAll(async () => {
    cache = createServer((_request, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => cache.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => cache.close(resolve)));

  it('is that of the database and its schema, unless more is configured', async () => {
    expect(await checksWith({})).toEqual({ status: 'ready', service: 'rag-service', checks: { database: 'ok', schema: 'ok' } });
  });

  it('shows a configured cache that does not answer, and bears it', async () => {
    const url = `http://127.0.0.1:${(cache.address() as AddressInfo).port}`;
    expect(await checksWith({ CACHE_SERVICE_URL: url, CACHE_SERVICE_TOKEN: 'the cache token of this spec' })).toMatchObject({ status: 'ready', checks: { database: 'ok', cache: expect.not.stringMatching('ok') } });
  });
});

describeOnServer('TEST_NATS_URL', 'the readiness of the service with NATS', (natsUrl) => {
  it('includes the events', async () => {
    expect(await checksWith({ ENABLE_NATS: 'true', NATS_URL: natsUrl })).toMatchObject({ checks: { database: 'ok', events: 'ok' } });
  });
});
