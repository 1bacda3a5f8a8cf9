import type { Command } from 'commander';
import colors from 'picocolors';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { systemReady } from '../system-ready';
import { ask } from './ask';

interface Options extends ConnectionOptions {
  readonly agent: string;
  readonly thread?: string;
  readonly json: boolean;
}

export function askCommand(program: Command): void {
  withConnection(program.command('ask'))
    .description('Asks an agent and prints its answer with citations that can be checked.')
    .argument('<question...>', 'the question')
    .option('--agent <name>', 'agent to ask', 'guide')
    .option('--thread <thr_…>', 'continue this thread')
    .option('--json', 'print the whole answer as one JSON line', false)
    .addHelpText(
      'after',
      `
Example:
  npm run ask -- "How does a request reach a model provider?"

Exit codes: 0 answered, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C.
Waits up to 60 s while the system is starting.`,
    )
    .action(async (words: string[], options: Options) => {
      const connection = connect(options);
      const aborting = new AbortController();
      process.once('SIGINT', () => aborting.abort());
      try {
        await systemReady(connection.url, '/api/v1/agents/ready', { patienceMs: 60_000, say: (line) => console.error(colors.dim(line)) });
        const write = (text: string) => void (options.json || process.stdout.write(text));
        const answer = await ask(connection, words.join(' '), { agent: options.agent, threadId: options.thread, signal: aborting.signal, write });
        if (options.json) console.log(JSON.stringify(answer));
        else if (options.thread) console.log(colors.dim(`Thread ${answer.threadId}`));
      } catch (error) {
        if (aborting.signal.aborted) process.exitCode = 130;
        else throw error;
      } finally {
        await connection.close();
      }
    });
}
