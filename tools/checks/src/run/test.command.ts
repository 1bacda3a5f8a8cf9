import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nx, nxEnvironment } from '../repository/nx';
import { projectResult, resultsFolder } from './project-results';
import { runStep } from './run-step';
import { Totals } from './totals';

/** What the boundary rule prints when it finds no project graph and lets everything pass. */
const ruleSkipped = 'The rule will be skipped';

/** `npm test`: everything that CI runs, each step even when one before it failed. @returns the exit code. */
export async function test(root: string, { fresh }: { readonly fresh: boolean }): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  process.on('disconnect', () => process.exit(1));
  // Listening alone would keep this process alive.
  process.channel?.unref();
  const totals = new Totals();
  const environment = nxEnvironment();
  const node = (script: string, ...args: string[]) => runStep(process.execPath, [join(root, script), ...args], { cwd: root, env: environment });
  const runMany = (...targets: string[]) =>
    node('node_modules/nx/dist/bin/nx.js', 'run-many', '-t', ...targets, '--exclude=everything', '--output-style=static', '--nxBail=false', ...(fresh ? ['--skip-nx-cache'] : []));

  heading('Type check');
  totals.step('type check', (await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')).succeeded);

  heading('Lint');
  const lint = await runMany('lint');
  totals.step('lint', lint.succeeded);
  totals.step('lint with the import boundaries in force', !lint.output.includes(ruleSkipped));

  heading('Bundles');
  totals.step('bundles of all services', (await runMany('build', 'bundle')).succeeded);

  heading('Tests');
  await rm(join(root, resultsFolder), { recursive: true, force: true });
  const tests = await runMany('test');
  const projects = JSON.parse(await nx(root, 'show', 'projects', '--with-target', 'test', '--exclude=everything', '--json')) as string[];
  for (const project of projects.sort()) totals.add(project, projectResult(root, project));
  if (!tests.succeeded && totals.failed.length === 0) totals.step('tests; see the output above', false);

  for (const line of totals.report()) console.log(line);
  return totals.failed.length === 0 ? 0 : 1;
}

function heading(text: string): void {
  console.log(`\n=== ${text} ===`);
}
