import type { Command } from 'commander';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { issueKey, parseExpiry, parseScopes } from './issue-key';

interface Options extends ConnectionOptions {
  readonly tenant: string;
  readonly scopes: string;
  readonly name: string;
  readonly expires?: string;
  readonly signingSecret?: string;
  readonly json: boolean;
}

export function keyCommand(program: Command): void {
  withConnection(program.command('key'))
    .description('Issues a key for a tenant; it is shown once.')
    .requiredOption('--tenant <name>', 'tenant the key acts for; it exists from its first key on')
    .option('--scopes <list>', 'what the key may do, comma-separated', 'gateway:use,rag:read,rag:write,agents:use,agents:write')
    .option('--name <text>', 'what the key is for', 'key')
    .option('--expires <when>', '90d, 12h or a date; without it the system decides')
    .option('--signing-secret <reference>', "sign here instead of asking the gateway: env:NAME, file:PATH or the gateway's AUTH_SIGNING_SECRET itself")
    .option('--json', 'print one JSON line', false)
    .addHelpText('after', '\nExample:\n  npm run key -- --tenant acme --scopes rag:read,agents:use --expires 90d')
    .action(async (options: Options) => {
      const connection = connect(options);
      try {
        const key = await issueKey(connection.gateway, {
          tenant: options.tenant,
          scopes: parseScopes(options.scopes),
          name: options.name,
          expires: options.expires === undefined ? undefined : parseExpiry(options.expires),
          signingSecret: options.signingSecret,
        });
        if (options.json) return console.log(JSON.stringify(key));
        // The key alone goes to standard output, so that it can be piped.
        console.error(`Key ${key.id} for tenant ${key.tenant}: ${key.scopes.join(', ')}; ${key.expiresAt ? `until ${key.expiresAt}` : 'without end'}. It is not shown again.`);
        console.log(key.key);
      } finally {
        await connection.close();
      }
    });
}
