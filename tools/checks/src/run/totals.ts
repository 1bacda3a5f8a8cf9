/** Counts of everything that ran: each test, and each step that is not a test runner, as one. */
export class Totals {
  passed = 0;
  readonly failed: string[] = [];
  readonly skipped: string[] = [];

  step(name: string, succeeded: boolean): void {
    if (succeeded) this.passed++;
    else this.failed.push(name);
  }

  add(project: string, result: { readonly passed: number; readonly failed: readonly string[]; readonly skipped: readonly string[] }): void {
    this.passed += result.passed;
    this.failed.push(...result.failed.map((name) => `${project}: ${name}`));
    this.skipped.push(...result.skipped.map((name) => `${project}: ${name}`));
  }

  /** What failed and what was skipped by name, then the one plain line. */
  report(): string[] {
    return [
      ...listed('Failed', this.failed),
      ...listed('Skipped', skippedByReason(this.skipped)),
      `${this.passed} passed, ${this.failed.length} failed, ${this.skipped.length} skipped`,
    ];
  }
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`), ''];
}

/** Tests of one suite that miss the same server make one line: `cache: RedisCache [TEST_REDIS_URL is not set]: 12 tests`. */
function skippedByReason(names: readonly string[]): string[] {
  const groups = new Map<string, number>();
  for (const name of names) {
    const suite = /^.*?\[[^\]]+ is not set\]/.exec(name)?.[0] ?? name;
    groups.set(suite, (groups.get(suite) ?? 0) + 1);
  }
  return [...groups].map(([suite, count]) => (count === 1 ? suite : `${suite}: ${count} tests`));
}
