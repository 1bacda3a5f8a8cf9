import { join } from 'node:path';
import { AppError } from '@faas/errors';
import { Command } from 'commander';

const root = join(__dirname, '../../..');

function assertNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 24 || (major === 24 && minor < 9)) throw new AppError('CONFIG_INVALID', `Node 24.9 or later is needed, this is ${process.version}. Use the npm scripts: they bring their own.`);
}

async function exitWith(run: () => Promise<number>): Promise<void> {
  try {
    assertNode();
    process.exit(await run());
  } catch (error) {
    console.error(AppError.is(error) ? error.message : error);
    process.exit(1);
  }
}

const program = new Command('dev').description('Runs the whole system on this machine.').showHelpAfterError();

program
  .command('start', { isDefault: true })
  .description('Builds and starts the three services and the local edge. Ctrl-C ends every process.')
  .configureHelp({ commandUsage: () => 'npm start' })
  .addHelpText(
    'after',
    `
Environment:
  EDGE_PORT, AGENT_PORT, GATEWAY_PORT, RAG_PORT   ports (8000, 8080, 8081, 8082)
  DATA_DIR                                        where data is kept (.data)
  DATABASE_URL, REDIS_URL                         real servers instead of the built-in parts
  OPENAI_API_KEY, ANTHROPIC_API_KEY, …            a model; see apps/gateway/README.md

Serves this machine only, without credentials: AUTH_MODE=required is refused. To run with it, start each service with
"npx nx serve <service>" and issue a first key with
"npm run key -- --tenant <name> --signing-secret file:<DATA_DIR>/gateway/signing-secret".`,
  )
  .action(() => exitWith(async () => (await import('./start.command')).start(root)));

program
  .command('reset')
  .description('Deletes the local data after asking.')
  .configureHelp({ commandUsage: () => 'npm run reset -- [options]' })
  .option('-y, --yes', 'do not ask', false)
  .action((options: { yes: boolean }) => exitWith(async () => (await import('./reset.command')).reset(root, options)));

program.parse();
