import { clearLine, cursorTo } from 'node:readline';
import colors from 'picocolors';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Says what is going on: a spinner with the seconds on a terminal, plain lines elsewhere. */
export class Progress {
  private current?: { label: string; started: number; timer?: NodeJS.Timeout };

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  /** Runs one step and prints how long it took; on failure the step is marked and the error goes on. */
  async step<T>(label: string, work: () => Promise<T>): Promise<T> {
    this.begin(label);
    try {
      const result = await work();
      this.end(colors.green('✔'), label);
      return result;
    } catch (error) {
      this.end(colors.red('✖'), label);
      throw error;
    }
  }

  /** A line of its own, also while a step runs. */
  line(text: string): void {
    this.wipe();
    this.out.write(`${text}\n`);
    this.draw();
  }

  private begin(label: string): void {
    this.current = { label, started: Date.now() };
    if (!this.out.isTTY) return void this.out.write(`${label} …\n`);
    this.draw();
    this.current.timer = setInterval(() => this.draw(), 100);
  }

  private end(mark: string, label: string): void {
    const seconds = ((Date.now() - (this.current?.started ?? Date.now())) / 1000).toFixed(1);
    clearInterval(this.current?.timer);
    this.wipe();
    this.current = undefined;
    this.out.write(`${mark} ${label} ${colors.dim(`${seconds} s`)}\n`);
  }

  private draw(): void {
    if (!this.out.isTTY || !this.current) return;
    const passed = Date.now() - this.current.started;
    this.wipe();
    this.out.write(`${frames[Math.floor(passed / 100) % frames.length]} ${this.current.label} ${colors.dim(`${Math.round(passed / 1000)} s`)}`);
  }

  private wipe(): void {
    if (!this.out.isTTY || !this.current) return;
    cursorTo(this.out, 0);
    clearLine(this.out, 0);
  }
}
