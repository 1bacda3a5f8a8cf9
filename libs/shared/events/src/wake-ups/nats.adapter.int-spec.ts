import { FaultyLink, ScriptedLogger, describeOnServer } from '@faas/testing';
import { until } from '../until';
import { wakeUpsPortSuite } from '../wake-ups.port-suite';
import { NatsWakeUps } from './nats.adapter';

describeOnServer('TEST_NATS_URL', 'NatsWakeUps on NATS', (url) => {
  wakeUpsPortSuite('NatsWakeUps', () => NatsWakeUps.open({ service: 'suite', logger: new ScriptedLogger(), url }));

  it('wakes a worker of another process', async () => {
    const [one, two] = [await NatsWakeUps.open({ service: 'one', logger: new ScriptedLogger(), url }), await NatsWakeUps.open({ service: 'two', logger: new ScriptedLogger(), url })];
    let calls = 0;
    await one.listen('suite.across', () => (calls += 1));
    await two.wake('suite.across');
    await until(() => calls > 0);
    await Promise.all([one.close(), two.close()]);
  });

  it('drops a hint while the connection is down, says so, and wakes again after it', async () => {
    const link = await FaultyLink.to(new URL(url));
    const logger = new ScriptedLogger();
    const wakeUps = await NatsWakeUps.open({ service: 'suite', logger, url: link.url });
    let calls = 0;
    await wakeUps.listen('suite.outage', () => (calls += 1));
    link.cut();
    await until(() => logger.of('nats.connection-lost').length > 0);
    await wakeUps.wake('suite.outage');
    expect(logger.of('wake-up.dropped')).toHaveLength(1);
    link.restore();
    await until(() => logger.of('nats.reconnected').length > 0);
    await wakeUps.wake('suite.outage');
    await until(() => calls > 0);
    await wakeUps.close();
    await link.stop();
  });
});
