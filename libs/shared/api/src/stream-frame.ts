/** One event of a native stream; the writer adds `id`, gap-free from 1. The last is `done`, `run.finished` or `error`. */
export interface StreamFrame<Type extends string = string, Data = unknown> {
  readonly event: Type;
  readonly data: Data;
}
