import { join } from 'node:path';
import { Command } from 'commander';
import { suites } from './suites';

const root = join(__dirname, '../../..');
const program = new Command('npm run bench --').description('Measures the system on this machine.').showHelpAfterError();

// Ctrl-C ends what was started, by the exit handlers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.on('disconnect', () => process.exit(1));
// Listening alone would keep this process alive.
process.channel?.unref();

for (const suite of suites) {
  program
    .command(suite.name)
    .description(suite.description)
    .option('--json', 'print one JSON line and nothing else', false)
    .action(async ({ json }: { json: boolean }) => {
      try {
        const result = await suite.run({ root, say: (line) => console.error(line) });
        console.log(JSON.stringify(result, undefined, json ? undefined : 2));
      } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
      }
    });
}

program.parse();
