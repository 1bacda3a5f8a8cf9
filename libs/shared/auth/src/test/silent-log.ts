/** Collects warnings instead of printing them. */
export class SilentLog {
  readonly warnings: string[] = [];

  warn(event: string): void {
    this.warnings.push(event);
  }
}
