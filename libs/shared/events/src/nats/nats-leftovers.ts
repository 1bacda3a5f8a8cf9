import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { parseNatsUrl } from './nats-address';
import { STREAM } from './event-stream';

/** For tests: removes the consumers of groups whose name or subject holds `run`, so that a shared server keeps nothing of a suite. */
export async function removeConsumers(url: string, run: string): Promise<void> {
  const { servers } = parseNatsUrl(url);
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection);
  const names: string[] = [];
  for await (const { name } of manager.consumers.list(STREAM)) names.push(name);
  for (const name of names.filter((each) => each.includes(run))) await manager.consumers.delete(STREAM, name);
  await connection.close();
}
