import { AppError } from '@faas/errors';
import type { ContentPart, Message, ModelRequest, ToolCallRequest, ToolChoice } from '../model-request';
import { textOf } from '../model-request';

/** Anthropic requires a limit; every current model can write this much. */
export const DEFAULT_MAX_TOKENS = 8192;

type Turn = { role: 'user' | 'assistant'; content: Record<string, unknown>[] };

/** @throws AppError MODEL_CAPABILITY_MISSING for what this protocol has no words for. */
export function writeAnthropicRequest(request: ModelRequest, stream: boolean): Record<string, unknown> {
  refuseWhatIsMissing(request);
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => textOf(content)).filter(Boolean);
  const format = request.responseFormat;
  const fields = {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    messages: turnsOf(request.messages),
    system: system.length ? system.join('\n\n') : undefined,
    tools: request.tools.length ? request.tools.map(({ name, description, parameters }) => ({ name, ...(description ? { description } : {}), input_schema: schemaOf(parameters) })) : undefined,
    tool_choice: request.tools.length ? toolChoiceOf(request.toolChoice, request.parallelToolCalls) : undefined,
    temperature: request.temperature,
    top_p: request.topP,
    stop_sequences: request.stop.length ? request.stop : undefined,
    metadata: request.endUser ? { user_id: request.endUser } : undefined,
    output_config: format?.type === 'json-schema' ? { format: { type: 'json_schema', schema: format.schema } } : undefined,
    stream: stream || undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function refuseWhatIsMissing(request: ModelRequest): void {
  const missing = (what: string) => new AppError('MODEL_CAPABILITY_MISSING', `Anthropic's models cannot do this: ${what}`, { details: { model: request.model } });
  if (request.choices > 1) throw missing('more than one answer per request (n).');
  if (request.responseFormat?.type === 'json-object') throw missing("response_format 'json_object'. Use 'json_schema'.");
  if (request.untranslatable.length > 0) throw missing(`${request.untranslatable.join(', ')}.`);
}

const schemaOf = (parameters: Readonly<Record<string, unknown>>) => (parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters);

/** Turns alternate: what one side says in a row becomes one turn, tool results belong to the user's. */
function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = contentOf(message);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function contentOf(message: Exclude<Message, { role: 'system' }>): Record<string, unknown>[] {
  if (message.role === 'tool') return [{ type: 'tool_result', tool_use_id: message.callId, content: partsOf(message.content) }];
  const parts = partsOf(message.content);
  return message.role === 'assistant' ? [...parts, ...message.toolCalls.map(toolUseOf)] : parts;
}

function partsOf(content: readonly ContentPart[]): Record<string, unknown>[] {
  return content.flatMap((part): Record<string, unknown>[] => {
    if (part.type === 'text') return part.text ? [{ type: 'text', text: part.text }] : [];
    return [{ type: 'image', source: imageSource(part.url) }];
  });
}

function imageSource(url: string): Record<string, unknown> {
  const inline = /^data:([\w.+/-]+);base64,(.*)$/s.exec(url);
  return inline ? { type: 'base64', media_type: inline[1], data: inline[2] } : { type: 'url', url };
}

function toolUseOf({ id, name, arguments: text }: ToolCallRequest): Record<string, unknown> {
  return { type: 'tool_use', id, name, input: argumentsOf(text, name) };
}

function argumentsOf(text: string, name: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', `messages: the arguments of the call of '${name}' are not valid JSON, which Anthropic's models need.`, { cause });
  }
}

function toolChoiceOf(choice: ToolChoice | undefined, parallel: boolean | undefined): Record<string, unknown> | undefined {
  const single = parallel === false ? { disable_parallel_tool_use: true } : {};
  switch (choice?.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...single };
    case 'tool':
      return { type: 'tool', name: choice.name, ...single };
    default:
      return choice || parallel === false ? { type: 'auto', ...single } : undefined;
  }
}
