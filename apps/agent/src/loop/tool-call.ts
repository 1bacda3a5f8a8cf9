import type { ModelToolCall } from './language-model.port';
import type { Tool } from './tool.port';

const MAX_ARGUMENTS_CHARACTERS = 20_000;
const MAX_PROBLEM_CHARACTERS = 1_000;
const MAX_ECHO_CHARACTERS = 200;

export type CheckedToolCall =
  | { readonly accepted: true; readonly call: ModelToolCall; readonly tool: Tool; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly accepted: false; readonly call: ModelToolCall; readonly problem: string };

/**
 * Decides whether a call may be executed. What is not exactly right is never guessed at: the model gets the problem
 * back, with a bounded echo of what it wrote. `call` of a refused one has valid JSON arguments, because some providers
 * reject a conversation that holds anything else.
 */
export function checkToolCall(tools: readonly Tool[], call: ModelToolCall): CheckedToolCall {
  const refuse = (problem: string): CheckedToolCall => ({ accepted: false, call: { ...call, arguments: '{}' }, problem: clip(problem, MAX_PROBLEM_CHARACTERS) });
  const tool = tools.find(({ description }) => description.name === call.name);
  if (!tool) return refuse(`There is no tool "${clip(call.name, 64)}". Tools: ${tools.map(({ description }) => description.name).join(', ') || 'none'}.`);
  if (call.arguments.length > MAX_ARGUMENTS_CHARACTERS) return refuse(`The arguments are longer than ${MAX_ARGUMENTS_CHARACTERS} characters.`);

  const value = parseJson(call.arguments);
  if (value === undefined) return refuse(`The arguments are not valid JSON: ${clip(call.arguments, MAX_ECHO_CHARACTERS)}`);
  const parsed = tool.parse(value);
  if (!parsed.valid) return refuse(`${parsed.problem}\nExpected: ${JSON.stringify(tool.description.parameters)}`);
  return { accepted: true, call, tool, arguments: parsed.value };
}

/** JSON has no undefined, so it can stand for "not JSON". */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
