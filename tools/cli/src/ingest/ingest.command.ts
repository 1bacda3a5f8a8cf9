import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import colors from 'picocolors';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { systemReady } from '../system-ready';
import { ingest } from './ingest';
import { sourcesOf } from './sources';

interface Options extends ConnectionOptions {
  readonly collection: string;
}

export function ingestCommand(program: Command): void {
  withConnection(program.command('ingest'))
    .description('Ingests a file, all files below a folder, or a web page; what was ingested before is updated.')
    .argument('<file|folder|url>', 'Markdown, text, HTML or PDF')
    .option('--collection <name>', 'collection to ingest into; it is made when missing', 'documents')
    .addHelpText('after', '\nExample:\n  npm run ingest -- ./manuals --collection manuals\n\nExit codes: 0 all ingested, 1 something failed, 2 wrong usage.')
    .action(async (target: string, options: Options) => {
      // npm runs scripts in the repository; the person may stand elsewhere.
      const { sources, ignored } = await sourcesOf(target, process.env.INIT_CWD ?? process.cwd());
      const connection = connect(options);
      try {
        await systemReady(connection.url, '/api/v1/rag/ready', { patienceMs: 60_000, say: (line) => console.error(colors.dim(line)) });
        await connection.rag.putCollection(options.collection);
        const bar = new SingleBar({ format: '{bar} {value}/{total}  {name}', hideCursor: true, noTTYOutput: false, clearOnComplete: true, barsize: 30 });
        bar.start(sources.length, 0, { name: '' });
        const { counts, failures } = await ingest(connection.rag, options.collection, sources, (name) => bar.increment(1, { name })).finally(() => bar.stop());
        const parts = Object.entries(counts).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
        if (ignored.length > 0) parts.push(`${ignored.length} of other formats left out`);
        if (failures.length > 0) parts.push(colors.red(`${failures.length} failed`));
        console.log(`${options.collection}: ${parts.join(', ')}`);
        for (const { name, message } of failures) console.error(`${colors.red('✖')} ${name}: ${message}`);
        if (failures.length > 0) process.exitCode = 1;
        else console.log(colors.dim(`Search it: curl -s ${connection.url}/api/v1/rag/collections/${options.collection}/query -H 'content-type: application/json' -d '{"query":"…"}'`));
      } finally {
        await connection.close();
      }
    });
}
