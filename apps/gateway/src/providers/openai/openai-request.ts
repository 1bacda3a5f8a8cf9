import type { ContentPart, Message, ModelRequest, ToolChoice } from '../model-request';

export interface OpenAiDialect {
  /** Whether the server takes `stream_options`; without it the usage of streams is estimated. */
  readonly streamUsage: boolean;
}

/** The body for an OpenAI-compatible server: the caller's own when it came in this protocol, else written anew. */
export function writeOpenAiRequest(request: ModelRequest, stream: boolean, dialect: OpenAiDialect): Record<string, unknown> {
  const { stream_options: callersOptions, ...body } = request.source?.protocol === 'openai' ? request.source.body : written(request);
  const options = { ...(callersOptions as object | null | undefined), include_usage: true };
  return { ...body, model: request.model, stream, ...(stream && dialect.streamUsage ? { stream_options: options } : {}) };
}

function written(request: ModelRequest): Record<string, unknown> {
  const format = request.responseFormat;
  return dropAbsent({
    messages: request.messages.map(messageOf),
    tools: request.tools.length ? request.tools.map((tool) => ({ type: 'function', function: dropAbsent({ ...tool }) })) : undefined,
    tool_choice: request.toolChoice && toolChoiceOf(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls,
    temperature: request.temperature,
    top_p: request.topP,
    max_completion_tokens: request.maxOutputTokens,
    stop: request.stop.length ? request.stop : undefined,
    n: request.choices > 1 ? request.choices : undefined,
    user: request.endUser,
    response_format: format && (format.type === 'json-object' ? { type: 'json_object' } : { type: 'json_schema', json_schema: { name: 'answer', schema: format.schema } }),
  });
}

/** Absent is not null: some servers refuse an explicit null. */
function dropAbsent(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

function messageOf(message: Message): Record<string, unknown> {
  const content = contentOf(message.content);
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content };
  if (message.role !== 'assistant') return { role: message.role, content };
  const calls = message.toolCalls.map(({ id, name, arguments: text }) => ({ id, type: 'function', function: { name, arguments: text } }));
  return { role: 'assistant', content: message.content.length ? content : null, ...(calls.length ? { tool_calls: calls } : {}) };
}

function contentOf(content: readonly ContentPart[]): unknown {
  if (content.every((part) => part.type === 'text')) return content.map((part) => part.text).join('');
  return content.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image_url', image_url: { url: part.url } }));
}

function toolChoiceOf(choice: ToolChoice): unknown {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}
