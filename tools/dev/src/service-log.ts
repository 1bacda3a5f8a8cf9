import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const maxBytes = 10 * 1024 * 1024;
const keptLines = 20;
const warning = 40;
const labels: Readonly<Record<string, number>> = { warn: 40, error: 50, fatal: 60 };

/** Keeps what a service prints: in a file of bounded size (and the one before), the last lines at hand, and tells of warnings. */
export class ServiceLog {
  private stream: WriteStream;
  private bytes: number;
  private readonly last: string[] = [];

  constructor(
    readonly path: string,
    private readonly onWarning: (text: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.stream = createWriteStream(path, { flags: 'a' });
  }

  read(source: Readable): void {
    createInterface({ input: source, crlfDelay: Infinity }).on('line', (line) => this.write(line));
  }

  /** What was printed last, as text for people. */
  tail(): string {
    return this.last.map((line) => `  ${describeLine(line).text}`).join('\n');
  }

  close(): void {
    this.stream.end();
  }

  private write(line: string): void {
    if (this.bytes > maxBytes) this.rotate();
    this.bytes += Buffer.byteLength(line) + 1;
    this.stream.write(`${line}\n`);
    this.last.push(line.slice(0, 2_000));
    if (this.last.length > keptLines) this.last.shift();
    const { level, text } = describeLine(line);
    if (level >= warning) this.onWarning(text);
  }

  private rotate(): void {
    this.stream.end();
    renameSync(this.path, `${this.path}.1`);
    this.stream = createWriteStream(this.path, { flags: 'a' });
    this.bytes = 0;
  }
}

/** Shortens a JSON log line to what a person wants to see; other lines count as they are, without a level. */
export function describeLine(line: string): { level: number; text: string } {
  const entry = parse(line);
  if (!entry) return { level: 0, text: line };
  const level = typeof entry.level === 'number' ? entry.level : (labels[String(entry.level)] ?? 0);
  const error = (entry.error ?? entry.err) as { message?: unknown; code?: unknown } | undefined;
  const parts = [entry.event ?? entry.msg, error?.code, error?.message].filter((part) => typeof part === 'string' && part !== '');
  return { level, text: parts.join(': ').slice(0, 300) || line.slice(0, 300) };
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
