import { Command } from 'commander';
import { repositoryRoot } from './repository/repository-root';

const program = new Command('checks').description('Checks of the whole repository.').showHelpAfterError();

const exitWith = async (run: () => Promise<number>) => {
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
};

program
  .command('test')
  .description('Type check, lint, all bundles and all tests; ends with "N passed, N failed, N skipped".')
  .option('--fresh', 'run everything again instead of taking unchanged results from the cache', false)
  .addHelpText('after', '\nTEST_DATABASE_URL, TEST_REDIS_URL and TEST_NATS_URL run the same suites on real servers too; see .ci/run.')
  .action((options: { fresh: boolean }) => exitWith(async () => (await import('./run/test.command')).test(repositoryRoot, options)));

program
  .command('check')
  .description('Compares generated files (OpenAPI, config schemas, variable tables, docs/errors.md) with the code.')
  .option('--write', 'write them', false)
  .action((options: { write: boolean }) => exitWith(async () => (await import('./run/check.command')).check(repositoryRoot, options)));

program.parse();
