import type { FetchedJson, FetchJson } from '../fetching/fetch-json.port';

/** Answers what the test sets, counts the calls, and holds them open on request. */
export class ScriptedFetch {
  answer: unknown;
  etag: string | undefined;
  failure: Error | undefined;
  readonly etags: (string | undefined)[] = [];
  private gate: PromiseWithResolvers<undefined> | undefined;

  get calls(): number {
    return this.etags.length;
  }

  /** Calls that begin from now on end when the returned function is called. */
  hold(): () => void {
    const gate = Promise.withResolvers<undefined>();
    this.gate = gate;
    return () => {
      this.gate = undefined;
      gate.resolve(undefined);
    };
  }

  readonly fetchJson: FetchJson = async (_url, { etag } = {}): Promise<FetchedJson> => {
    this.etags.push(etag);
    const { answer, failure, etag: current } = this;
    await this.gate?.promise;
    if (failure) throw failure;
    if (etag !== undefined && etag === current) return { modified: false };
    return { modified: true, body: answer, etag: current };
  };
}
