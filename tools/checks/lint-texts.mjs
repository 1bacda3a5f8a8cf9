/**
 * Lints texts as if they stood in files, all in one process: reads `[{ path, source }]` from standard input and prints
 * for each what was found, one string. The files need not exist, so nobody else's run meets a planted violation.
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const findings = [];
for (const { path, source } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(source, { filePath: path });
  findings.push(result.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n'));
}
process.stdout.write(JSON.stringify(findings));
