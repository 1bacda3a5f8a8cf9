import 'reflect-metadata';
import { newId } from '@faas/api';
import { describeService } from '../../test/agent-harness';
import { collect, eventually, readUntil } from '../../test/frames';

describeService('runs', (harness) => {
  const agents = () => harness().client();
  beforeAll(async () => {
    await agents().putAgent('guide', { instructions: 'Answer.', tools: [{ type: 'retrieval', collection: 'handbook' }] });
    await agents().putAgent('plain', { instructions: 'Just talk.' });
  });

  it('keep their log: all of it, from any place, as JSON and as a stream', async () => {
    const streamed = await collect(agents().streamChat('guide', { message: 'Are requests limited?' }));
    const started = streamed[0];
    const runId = started?.event === 'run.started' ? started.data.runId : '';
    const { data, hasMore } = await agents().listRunEvents('guide', runId, { limit: 100 });
    expect(hasMore).toBe(false);
    expect(data.map(({ id, type, data: fields }) => ({ id: Number(id), event: type, data: fields }))).toEqual(streamed);

    for (let after = 0; after <= streamed.length; after++) {
      expect(await collect(agents().followRun('guide', runId, { after })).catch(() => [])).toEqual(streamed.slice(after));
    }
    const resumed = await harness().fetch(`/guide/runs/${runId}/events?after=1`, { headers: { accept: 'text/event-stream', 'last-event-id': '3' } });
    expect(resumed.headers.get('content-type')).toContain('text/event-stream');
    expect(await resumed.text()).toMatch(/^id: 4\n/);
    const page = await agents().listRunEvents('guide', runId, { limit: 2, after: '1' });
    expect(page).toMatchObject({ hasMore: true, lastId: '3', data: [{ id: '2' }, { id: '3' }] });
  });

  it.each([['999'], ['x'], ['-1'], ['1.5']])('refuse to go on after an event "%s" that they do not have', async (after) => {
    const { runId } = await agents().chat('plain', { message: 'Hi' });
    const response = await harness().fetch(`/plain/runs/${runId}/events`, { headers: { accept: 'text/event-stream', 'last-event-id': after } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'CURSOR_INVALID' } });
  });

  it('are followed live by any number of readers, wherever they begin', async () => {
    let goOn: () => void = () => undefined;
    harness().gateway.answerWith(async (_body, answer) => {
      answer.text('One ');
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      answer.text('two.');
    });
    const stream = agents().streamChat('plain', { message: 'Count.' });
    const { data } = await readUntil(stream, 'run.started');
    await readUntil(stream, 'delta');
    const readers = [0, 1, 2].map((after) => collect(agents().followRun('plain', data.runId, { after })));
    await new Promise((resolve) => setTimeout(resolve, 200));
    goOn();
    const logs = await Promise.all(readers);
    expect(logs.map((log) => log.at(-1))).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ event: 'run.finished', data: expect.objectContaining({ message: 'One two.' }) })));
    expect(logs.map((log) => log[0]?.id)).toEqual([1, 2, 3]);
    await collect(stream);
  });

  it('stop within a model call when they are cancelled, and keep what was written', async () => {
    harness().gateway.answerWith(async (_body, answer) => {
      answer.text('It begins');
      await answer.hang();
    });
    const stream = agents().streamChat('plain', { message: 'Talk for ever.' });
    const { data } = await readUntil(stream, 'run.started');
    await readUntil(stream, 'delta');
    const cancelledAt = performance.now();
    await agents().cancelRun('plain', data.runId);
    const { data: last } = await readUntil(stream, 'run.finished');
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);
    expect(last).toMatchObject({ status: 'cancelled', message: 'It begins' });
    harness().gateway.reset();
    expect(await agents().chat('plain', { message: 'And now?', threadId: data.threadId })).toMatchObject({ status: 'succeeded' });
  });

  it('stop within a tool call when they are cancelled', async () => {
    harness().rag.gate = new Promise(() => undefined);
    const stream = agents().streamChat('guide', { message: 'Are requests limited?' });
    const { data } = await readUntil(stream, 'run.started');
    await readUntil(stream, 'tool.started');
    await agents().cancelRun('guide', data.runId);
    expect((await readUntil(stream, 'run.finished')).data).toMatchObject({ status: 'cancelled', message: '' });
    const { activeRunId } = await agents().getThread('guide', data.threadId);
    expect(activeRunId).toBeNull();
  });

  it('do not change once they have ended', async () => {
    const { runId } = await agents().chat('plain', { message: 'Hi' });
    const before = await agents().getRun('plain', runId);
    expect(await agents().cancelRun('plain', runId)).toEqual(before);
    const log = await agents().listRunEvents('plain', runId, { limit: 100 });
    expect(log.data.at(-1)?.type).toBe('run.finished');
  });

  it('hold their thread and agent: neither is deleted under them', async () => {
    harness().gateway.answerWith((_body, answer) => answer.hang());
    const stream = agents().streamChat('plain', { message: 'Wait.' });
    const { data } = await readUntil(stream, 'run.started');
    await expect(agents().deleteThread('plain', data.threadId)).rejects.toMatchObject({ code: 'THREAD_BUSY' });
    await expect(agents().deleteAgent('plain')).rejects.toMatchObject({ code: 'THREAD_BUSY' });
    await agents().cancelRun('plain', data.runId);
    await eventually(() => agents().getRun('plain', data.runId), ({ status }) => status === 'cancelled');
    await agents().deleteThread('plain', data.threadId);
    await expect(agents().getRun('plain', data.runId)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('belong to one agent', async () => {
    const { runId } = await agents().chat('plain', { message: 'Hi' });
    await expect(agents().getRun('guide', runId)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(agents().getRun('plain', newId('run'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
