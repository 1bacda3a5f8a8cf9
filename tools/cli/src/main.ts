import { AppError } from '@faas/errors';
import { Command, CommanderError } from 'commander';
import { askCommand } from './ask/ask.command';
import { ingestCommand } from './ingest/ingest.command';
import { keyCommand } from './key/key.command';
import { seedCommand } from './seed/seed.command';

// `| head` closes the pipe once it has read enough: nobody is left to write for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('npm run').description('Commands that talk to the system over its HTTP API.').exitOverride().configureHelp({ showGlobalOptions: true });
for (const add of [askCommand, ingestCommand, keyCommand, seedCommand]) add(program);
for (const command of program.commands) command.exitOverride().usage(`-- ${command.usage()}`);

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(AppError.is(error) ? error.message : error);
  process.exitCode = 1;
});
