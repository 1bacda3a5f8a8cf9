/**
 * Tells the readers of a run's log in this process that it grew. Only a hint: readers in other processes find out by
 * looking, and so does one that missed it.
 */
export class RunEventsHub {
  private readonly waiting = new Map<string, Set<() => void>>();

  notify(runId: string): void {
    const readers = this.waiting.get(runId);
    this.waiting.delete(runId);
    for (const wake of readers ?? []) wake();
  }

  /** Resolves with the next notification for the run. `dispose` lets go of it. */
  next(runId: string): { readonly notified: Promise<void>; dispose(): void } {
    const readers = this.waiting.get(runId) ?? new Set();
    this.waiting.set(runId, readers);
    let wake: () => void = () => undefined;
    const notified = new Promise<void>((resolve) => {
      wake = resolve;
    });
    readers.add(wake);
    return {
      notified,
      dispose: () => {
        readers.delete(wake);
        if (readers.size === 0 && this.waiting.get(runId) === readers) this.waiting.delete(runId);
      },
    };
  }
}
