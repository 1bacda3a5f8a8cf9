import 'reflect-metadata';
import { newId } from '@faas/api';
import { describeService } from '../../test/agent-harness';

describeService('agents', (harness) => {
  const agents = () => harness().client();
  const post = (body: unknown) => harness().fetch('', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const codeOf = async (response: Response) => [response.status, ((await response.json()) as { error?: { code: string } }).error?.code];

  it('are created once, read by id and by name, changed and deleted', async () => {
    const created = await agents().createAgent({ name: 'first', instructions: 'Help.', tools: [{ type: 'retrieval', collection: 'handbook' }] });
    expect(created).toMatchObject({ name: 'first', model: null, limits: { maxSteps: 8, timeoutMs: 120_000 } });
    expect(await agents().getAgent('first')).toEqual(created);
    expect(await agents().getAgent(created.id)).toEqual(created);
    await expect(agents().createAgent({ name: 'first', instructions: 'Again.' })).rejects.toMatchObject({ code: 'CONFLICT' });

    const renamed = await agents().patchAgent('first', { name: 'renamed', model: 'acme/large' });
    expect(renamed).toMatchObject({ id: created.id, name: 'renamed', model: 'acme/large', instructions: 'Help.', tools: created.tools });
    await agents().deleteAgent(created.id);
    await expect(agents().getAgent(created.id)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('are created or replaced whole by PUT, and keep their id', async () => {
    const put = (body: unknown, name = 'upserted') => harness().fetch(`/${name}`, { method: 'PUT', body: JSON.stringify(body) });
    const first = await put({ instructions: 'One.', model: 'a/b' });
    const second = await put({ name: 'upserted', instructions: 'Two.' });
    expect([first.status, second.status]).toEqual([201, 200]);
    const [before, after] = [(await first.json()) as { id: string }, await second.json()];
    expect(after).toMatchObject({ id: before.id, instructions: 'Two.', model: null });
    expect((await put({ instructions: 'Three.' }, before.id)).status).toBe(200);
    expect(await codeOf(await put({ name: 'other', instructions: 'x' }))).toEqual([400, 'REQUEST_INVALID']);
    expect(await codeOf(await put({ instructions: 'x' }, newId('agt')))).toEqual([404, 'AGENT_NOT_FOUND']);
    expect(await codeOf(await put({ instructions: 'x' }, 'threads'))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('are one when many PUT the same name at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => agents().putAgent('raced', { instructions: 'One of many.' })));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  });

  it('do not take a name that another has', async () => {
    await agents().putAgent('taken', { instructions: 'x' });
    await agents().putAgent('wanting', { instructions: 'x' });
    await expect(agents().patchAgent('wanting', { name: 'taken' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('cannot name a collection that does not exist, but can be made while nobody can tell', async () => {
    const tools = [{ type: 'retrieval' as const, collection: 'nowhere' }];
    await expect(agents().createAgent({ name: 'lost', instructions: 'x', tools })).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND', status: 404 });
    await expect(agents().getAgent('lost')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await harness().rag.pause(async () => {
      await agents().createAgent({ name: 'lost', instructions: 'x', tools });
    });
    await expect(agents().chat('lost', { message: 'Hello?' })).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
  });

  it('are listed page by page, newest first, and a made-up cursor is refused', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await agents().putAgent(name, { instructions: 'x' });
    const first = await agents().listAgents({ limit: 2 });
    expect(first.data.map(({ name }) => name)).toEqual(['list-c', 'list-b']);
    expect(first.hasMore).toBe(true);
    const second = await agents().listAgents({ limit: 1, after: first.lastId ?? '' });
    expect(second.data.map(({ name }) => name)).toEqual(['list-a']);
    await expect(agents().listAgents({ after: newId('agt') })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it.each([
    ['malformed JSON', '{"name":', 'REQUEST_MALFORMED'],
    ['a reserved name', { name: 'runs', instructions: 'x' }, 'REQUEST_INVALID'],
    ['an unknown field', { name: 'bad', instructions: 'x', prompt: 'y' }, 'REQUEST_INVALID'],
    ['an unknown tool', { name: 'bad', instructions: 'x', tools: [{ type: 'shell' }] }, 'REQUEST_INVALID'],
    ['limits out of bounds', { name: 'bad', instructions: 'x', limits: { maxSteps: 1_000 } }, 'REQUEST_INVALID'],
  ])('are not made of %s', async (_what, body, code) => {
    expect(await codeOf(await post(body))).toEqual([400, code]);
    await expect(agents().getAgent('bad')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('belong to their tenant: for another they do not exist, nor does anything below them', async () => {
    const mine = await agents().putAgent('mine', { instructions: 'Mine.' });
    const { runId, threadId } = await agents().chat('mine', { message: 'Secret.' });
    const others = harness().client(harness().otherTenant);
    expect((await others.listAgents()).data).toEqual([]);
    await others.putAgent('mine', { instructions: 'Theirs.' });
    const theirs = await others.getAgent('mine');
    expect(theirs.id).not.toBe(mine.id);
    const tries = [
      () => others.getAgent(mine.id),
      () => others.patchAgent(mine.id, { instructions: 'Stolen.' }),
      () => others.deleteAgent(mine.id),
      () => others.chat(mine.id, { message: 'Hi' }),
      () => others.chat('mine', { message: 'Hi', threadId }),
      () => others.getThread('mine', threadId),
      () => others.listMessages('mine', threadId),
      () => others.deleteThread('mine', threadId),
      () => others.getRun('mine', runId),
      () => others.listRunEvents('mine', runId),
      () => others.cancelRun('mine', runId),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ status: 404 });
    await expect(others.listThreads('mine')).resolves.toMatchObject({ data: [] });
    expect(await agents().getAgent('mine')).toEqual(mine);
    expect((await agents().listMessages('mine', threadId)).data).toHaveLength(2);
  });

  it('need a key with the right scope', async () => {
    const bare = await fetch(`${harness().service.url}/api/v1/agents`);
    expect(await codeOf(bare)).toEqual([401, 'CREDENTIAL_MISSING']);
    const body = JSON.stringify({ name: 'sneaky', instructions: 'x' });
    expect(await codeOf(await harness().fetch('', { method: 'POST', body, scopes: ['agents:use'] }))).toEqual([403, 'SCOPE_MISSING']);
    expect(await codeOf(await harness().fetch('', { scopes: ['rag:read'] }))).toEqual([403, 'SCOPE_MISSING']);
  });
});
