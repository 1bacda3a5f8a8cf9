import { spawn } from 'node:child_process';

export interface StepResult {
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs one command on this terminal's output and keeps what it printed. A signal to this process ends it too. */
export function runStep(command: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<StepResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const [stream, out] of [[child.stdout, process.stdout], [child.stderr, process.stderr]] as const) {
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        out.write(chunk);
      });
    }
    const end = () => child.kill('SIGTERM');
    process.once('exit', end);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ succeeded: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}
