import { describeRouteWalk } from '@faas/testing';
import { AgentHarness, tokenFor } from '../test/agent-harness';

describeRouteWalk('every route of the agent service', async () => {
  const harness = await AgentHarness.start();
  const created = await harness.fetch('', { method: 'POST', body: JSON.stringify({ name: 'walker', instructions: 'Answer.' }) });
  const { id: agent } = (await created.json()) as { id: string };
  const answered = await harness.fetch(`/${agent}/chat`, { method: 'POST', body: JSON.stringify({ message: 'hello' }) });
  const { runId: run, threadId: thread } = (await answered.json()) as { runId: string; threadId: string };
  const replacement = { instructions: 'Replaced.' };
  return {
    url: harness.service.url,
    prefix: '/api/v1/agents',
    ids: { agent, run, thread },
    bodies: {
      'POST /api/v1/agents': { name: 'stranger', instructions: 'Answer.' },
      'PUT /api/v1/agents/{agent}': replacement,
      'PATCH /api/v1/agents/{agent}': replacement,
      'POST /api/v1/agents/{agent}/chat': { message: 'hello' },
    },
    open: [],
    credentials: { owner: await tokenFor(harness.tenant), stranger: await tokenFor(harness.otherTenant), powerless: await tokenFor(harness.tenant, []) },
    close: () => harness.stop(),
  };
});
