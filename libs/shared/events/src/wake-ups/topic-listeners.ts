import { AsyncLocalStorage } from 'node:async_hooks';

/** Calls listeners later and once for hints that come together; each in the context in which it began to listen. */
export class TopicListeners {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly due = new Set<() => void>();

  add(topic: string, onWake: () => void): () => void {
    const inOwnContext = AsyncLocalStorage.snapshot();
    const listener = () => inOwnContext(onWake);
    const of = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, of.add(listener));
    return () => {
      of.delete(listener);
      this.due.delete(listener);
    };
  }

  call(topic: string): void {
    for (const listener of this.listeners.get(topic) ?? []) {
      if (this.due.has(listener)) continue;
      this.due.add(listener);
      setImmediate(() => {
        if (this.due.delete(listener)) listener();
      });
    }
  }

  clear(): void {
    this.listeners.clear();
    this.due.clear();
  }
}
