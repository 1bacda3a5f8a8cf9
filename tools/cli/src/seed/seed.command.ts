import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { systemReady } from '../system-ready';
import { seed } from './seed';
import { readSeedRecord, seedRecordPath, writeSeedRecord } from './seed-record';

const root = join(__dirname, '../../../..');

interface Options extends ConnectionOptions {
  readonly quiet: boolean;
}

export function seedCommand(program: Command): void {
  withConnection(program.command('seed'))
    .description('Loads the documentation of this repository as the collection `handbook`, and the agent `guide` that answers from it.')
    .option('--quiet', 'print nothing unless it fails', false)
    .addHelpText('after', '\nRuns with "npm start". Unchanged files cost nothing, and what you deleted or changed stays as you left it.')
    .action(async (options: Options) => {
      const connection = connect(options);
      const say = (line: string) => void (options.quiet || console.log(line));
      try {
        await systemReady(connection.url, '/api/v1/rag/ready', { patienceMs: 60_000, say });
        const path = seedRecordPath(resolve(root, process.env.DATA_DIR || '.data'), connection.url);
        const { guide, ...counts } = await seed(connection, { root, record: await readSeedRecord(path), keep: (record) => writeSeedRecord(path, record) });
        const changes = Object.entries(counts).filter(([, count]) => count > 0);
        say(`handbook: ${changes.map(([what, count]) => `${count} ${what === 'deleted' ? 'left deleted' : what}`).join(', ') || 'no documents'}`);
        say(`guide: ${guide}`);
      } finally {
        await connection.close();
      }
    });
}
