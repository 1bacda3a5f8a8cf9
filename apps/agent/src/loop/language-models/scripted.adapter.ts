import { LanguageModel, type ModelChunk, type ModelRequest } from '../language-model.port';

export type ScriptedTurn = readonly ModelChunk[] | ((request: ModelRequest) => AsyncIterable<ModelChunk> | Iterable<ModelChunk>);

/** For tests: plays one scripted turn per call and keeps the requests it got. */
export class ScriptedLanguageModel extends LanguageModel {
  readonly requests: ModelRequest[] = [];

  constructor(private readonly turns: readonly ScriptedTurn[]) {
    super();
  }

  async *stream(request: ModelRequest): AsyncIterable<ModelChunk> {
    const turn = this.turns[this.requests.length];
    this.requests.push(request);
    if (!turn) throw new Error(`The script has ${this.turns.length} turns and was asked for one more.`);
    yield* typeof turn === 'function' ? turn(request) : turn;
  }
}

/** A turn that says `text` word by word. */
export function says(text: string): ModelChunk[] {
  const words = text.split(/(?<= )/).map((word): ModelChunk => ({ type: 'text', text: word }));
  return [...words, end()];
}

/** A turn that calls tools; arguments are given as the text a model would write. */
export function calls(...toolCalls: [name: string, args: string][]): ModelChunk[] {
  return [end({ toolCalls: toolCalls.map(([name, args], index) => ({ id: `c${index}`, name, arguments: args })) })];
}

export function end(fields: Partial<Extract<ModelChunk, { type: 'end' }>> = {}): ModelChunk {
  return { type: 'end', model: 'scripted/model', toolCalls: [], truncated: false, usage: { inputTokens: 10, outputTokens: 5 }, ...fields };
}
