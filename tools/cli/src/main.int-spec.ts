import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

describe('commands', () => {
  it('end quietly when the reader of their output has read enough', async () => {
    const child = spawn(process.execPath, [join(__dirname, '../../launch.mjs'), 'ask', '--help'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
    child.stdout.destroy();
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ said, code: code as number }).toEqual({ said: '', code: 0 });
  }, 30_000);
});
