import { AgentClient } from '@faas/agent-client';
import { AppError } from '@faas/errors';
import { GatewayClient } from '@faas/gateway-client';
import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import { RagClient } from '@faas/rag-client';
import { Option, type Command } from 'commander';

export const defaultUrl = 'http://localhost:8000';

export interface ConnectionOptions {
  readonly url: string;
  readonly key?: string;
}

/** The options every command has. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--url <origin>', 'address of the system').env('FAAS_URL').default(defaultUrl))
    .addOption(new Option('--key <faas_…>', 'key to present; none is needed on this machine').env('FAAS_API_KEY'));
}

/** Callers of the three APIs through one address. */
export interface Connection {
  readonly url: string;
  readonly agents: AgentClient;
  readonly rag: RagClient;
  readonly gateway: GatewayClient;
  close(): Promise<void>;
}

/** @throws AppError CONFIG_INVALID when the address is not an origin. */
export function connect({ url, key }: ConnectionOptions): Connection {
  const origin = originOf(url);
  const headers = key ? () => ({ authorization: `Bearer ${key}` }) : undefined;
  // What goes wrong is told by the command itself.
  const logger = createLogger({ service: 'cli', level: 'silent' });
  const clients = ['agent service', 'rag service', 'gateway service'].map((name) => new HttpClient({ name, baseUrl: origin, logger, headers })) as [HttpClient, HttpClient, HttpClient];
  const [agents, rag, gateway] = clients;
  return {
    url: origin,
    agents: new AgentClient(agents),
    rag: new RagClient(rag),
    gateway: new GatewayClient(gateway),
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
}

function originOf(url: string): string {
  const valid = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!valid) throw new AppError('CONFIG_INVALID', `--url (FAAS_URL) must be an address such as ${defaultUrl}, not '${url}'.`);
  return url.replace(/\/+$/, '');
}
