/** One measurement that `npm run bench -- <name>` runs. */
export interface Suite {
  readonly name: string;
  readonly description: string;
  /** Measures and resolves with the numbers; `say` takes progress for people. */
  run(options: { readonly root: string; readonly say: (line: string) => void }): Promise<Readonly<Record<string, unknown>>>;
}
