/** Longer than any healthy transaction, short enough to answer the caller. */
const WAIT_MS = 5_000;

interface Waiting {
  grant(): void;
  timer: NodeJS.Timeout;
}

/** First come, first served mutex over the one session that PGlite has. */
export class SessionOwnership {
  private owned = false;
  private readonly queue: Waiting[] = [];

  /** @returns what gives the session back. Rejects after 5 s. */
  async acquire(): Promise<() => void> {
    if (this.owned) await this.turn();
    this.owned = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.next();
    };
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        grant: () => {
          clearTimeout(waiting.timer);
          resolve();
        },
        timer: setTimeout(() => {
          this.queue.splice(this.queue.indexOf(waiting), 1);
          reject(new Error(`The embedded database was held by another transaction for ${WAIT_MS / 1000} s.`));
        }, WAIT_MS),
      };
      this.queue.push(waiting);
    });
  }

  private next(): void {
    const waiting = this.queue.shift();
    if (waiting === undefined) this.owned = false;
    else waiting.grant();
  }
}
