import { ScriptedLogger } from '@faas/testing';
import { createEventBus, createWakeUps, InProcessEventBus, InProcessWakeUps } from './index';

const settings = { service: 'test', logger: new ScriptedLogger(), natsUrl: 'nats://127.0.0.1:1' };

jest.mock('@nats-io/transport-node', () => {
  throw new Error('The NATS client was loaded.');
});

describe('createEventBus and createWakeUps', () => {
  it('stay in process without ENABLE_NATS, and do not load the NATS client', async () => {
    const [bus, wakeUps] = [await createEventBus({ ...settings, enableNats: false }), await createWakeUps({ ...settings, enableNats: false })];
    expect(bus).toBeInstanceOf(InProcessEventBus);
    expect(wakeUps).toBeInstanceOf(InProcessWakeUps);
    await Promise.all([bus.close(), wakeUps.close()]);
  });

  it('load it with ENABLE_NATS', async () => {
    await expect(createEventBus({ ...settings, enableNats: true })).rejects.toThrow('The NATS client was loaded.');
    await expect(createWakeUps({ ...settings, enableNats: true })).rejects.toThrow('The NATS client was loaded.');
  });
});
