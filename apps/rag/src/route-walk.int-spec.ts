import 'reflect-metadata';
import { describeRouteWalk } from '@faas/testing';
import { RagHarness, tokenFor } from '../test/rag-harness';

describeRouteWalk('every route of the rag service', async () => {
  const harness = await RagHarness.start();
  const { id: collection } = await harness.client().putCollection('walked');
  const { id: document } = await harness.ingested('walked', { text: 'Owls sleep by day.', externalId: 'owls' });
  const { job } = await harness.client().addDocument('walked', { text: 'Keys belong to one tenant.', externalId: 'keys' });
  await harness.client().finishedJob(job!.id);
  const question = { query: 'owls' };
  return {
    url: harness.service.url,
    prefix: '/api/v1/rag',
    ids: { collection, document, job: job!.id },
    bodies: {
      'POST /api/v1/rag/collections': { name: 'stranger' },
      'PUT /api/v1/rag/collections/{collection}': { title: 'Changed' },
      'PATCH /api/v1/rag/collections/{collection}': { title: 'Changed' },
      'POST /api/v1/rag/collections/{collection}/documents': { text: 'Foreign text.', externalId: 'owls' },
      'POST /api/v1/rag/collections/{collection}/search': question,
      'POST /api/v1/rag/collections/{collection}/query': question,
    },
    open: [],
    credentials: { owner: await tokenFor(harness.tenant), stranger: await tokenFor(harness.otherTenant), powerless: await tokenFor(harness.tenant, []) },
    close: () => harness.stop(),
  };
});
