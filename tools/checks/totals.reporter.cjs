const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Writes what a project's jest run counted to dist/test-results/<project>.json. The file is a declared output of the
 * test target: a cache hit of Nx restores it, so cached tests still count in the total that `npm test` prints.
 */
module.exports = class TotalsReporter {
  onRunComplete(_contexts, results) {
    const project = process.env.NX_TASK_TARGET_PROJECT;
    if (!project) return;
    const tests = results.testResults.flatMap((file) => file.testResults);
    const broken = results.testResults.filter((file) => file.testExecError && file.testResults.every(({ status }) => status !== 'failed'));
    const named = (statuses) => tests.filter(({ status }) => statuses.includes(status)).map(({ fullName }) => fullName);
    const totals = {
      project,
      passed: named(['passed']).length,
      failed: [...named(['failed']), ...broken.map((file) => `${file.testFilePath.split(/[\\/]/).at(-1)} did not run`)],
      skipped: named(['pending', 'skipped', 'todo', 'disabled']),
    };
    const folder = join(__dirname, '../../dist/test-results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${project}.json`), `${JSON.stringify(totals)}\n`);
  }
};
