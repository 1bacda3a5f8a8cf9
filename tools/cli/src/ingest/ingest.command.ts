import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import colors from 'picocolors';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { Patience } from '../patience';
import { systemReady } from '../system-ready';
import { ingest, IngestSummary } from './ingest';
import { sourcesOf } from './sources';

interface Options extends ConnectionOptions {
  readonly collection: string;
}

export function ingestCommand(program: Command): void {
  withConnection(program.command('ingest'))
    .description('Ingests a file, all files below a folder, or a web page; what was ingested before is updated.')
    .argument('<file|folder|url>', 'Markdown, text, HTML or PDF')
    .option('--collection <name>', 'collection to ingest into; it is made when missing', 'documents')
    .addHelpText('after', '\nExample:\n  npm run ingest -- ./manuals --collection manuals\n\nWaits up to 60 s in all for a service that is away for a moment.\nExit codes: 0 all ingested, 1 something failed, 2 wrong usage.')
    .action(async (target: string, options: Options) => {
      // npm runs scripts in the repository; the person may stand elsewhere.
      const { sources, ignored } = await sourcesOf(target, process.env.INIT_CWD ?? process.cwd());
      const connection = connect(options);
      const bar = new SingleBar({ format: '{bar} {value}/{total}  {name}', hideCursor: true, noTTYOutput: false, clearOnComplete: true, barsize: 30 });
      const summary = new IngestSummary(sources.length);
      let done = 0;
      const say = (line: string) => {
        // The bar would be written over by the line, and the line by the bar.
        bar.stop();
        console.error(colors.dim(line));
        bar.start(sources.length, done, { name: '' });
      };
      try {
        await systemReady(connection.url, '/api/v1/rag/ready', { patienceMs: 60_000, say: (line) => console.error(colors.dim(line)) });
        bar.start(sources.length, 0, { name: '' });
        await ingest(connection.rag, options.collection, sources, { summary, patience: new Patience({ say }), onDone: (name) => bar.update(++done, { name }) });
      } finally {
        bar.stop();
        console.log(`${options.collection}: ${summaryParts(summary, ignored.length).join(', ')}`);
        for (const { name, message } of summary.failures) console.error(`${colors.red('✖')} ${name}: ${message}`);
        await connection.close();
      }
      if (summary.failures.length > 0) process.exitCode = 1;
      else console.log(colors.dim(`Search it: curl -s ${connection.url}/api/v1/rag/collections/${options.collection}/query -H 'content-type: application/json' -d '{"query":"…"}'`));
    });
}

function summaryParts({ counts, failures, notSent }: IngestSummary, ignored: number): string[] {
  const parts = Object.entries(counts).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
  if (ignored > 0) parts.push(`${ignored} of other formats left out`);
  if (failures.length > 0) parts.push(colors.red(`${failures.length} failed`));
  if (notSent > 0) parts.push(colors.red(`${notSent} not sent`));
  return parts;
}
