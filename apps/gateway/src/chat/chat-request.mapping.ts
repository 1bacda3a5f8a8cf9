import type { ChatCompletionRequest, ChatMessage, ToolDefinition } from '@faas/gateway-contract';
import type { ContentPart, Message, ModelRequest, ResponseFormat, Tool, ToolChoice } from '../providers/model-request';

type Content = ChatMessage['content'];

/** OpenAI's request in neutral words, the body itself beside it. */
export function readChatRequest(body: ChatCompletionRequest, model: string): ModelRequest {
  return {
    model,
    messages: body.messages.map(messageOf),
    tools: (body.tools ?? []).flatMap(toolOf),
    toolChoice: body.tool_choice ? toolChoiceOf(body.tool_choice) : undefined,
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    choices: body.n ?? 1,
    responseFormat: responseFormatOf(body['response_format']),
    endUser: body.user ?? undefined,
    untranslatable: untranslatableIn(body),
    source: { protocol: 'openai', body },
  };
}

function messageOf(message: ChatMessage): Message {
  const content = contentOf(message.content);
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content };
    case 'user':
      return { role: 'user', content };
    case 'tool':
      return { role: 'tool', callId: message.tool_call_id, content };
    case 'assistant':
      return {
        role: 'assistant',
        content,
        toolCalls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => ({ id, name, arguments: text })),
      };
  }
}

function contentOf(content: Content): ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return (content ?? []).flatMap((part): ContentPart[] => {
    if (isText(part)) return [{ type: 'text', text: part.text }];
    return isImage(part) ? [{ type: 'image', url: part.image_url.url }] : [];
  });
}

type Part = Exclude<NonNullable<Content>, string>[number];
const isText = (part: Part): part is Extract<Part, { type: 'text' }> & { text: string } => part.type === 'text';
const isImage = (part: Part): part is Extract<Part, { type: 'image_url' }> & { image_url: { url: string } } => part.type === 'image_url';

function toolOf({ function: definition }: ToolDefinition): Tool[] {
  if (!definition) return [];
  const { name, description, parameters } = definition;
  return [{ name, ...(description === undefined ? {} : { description }), parameters: parameters ?? { type: 'object', properties: {} } }];
}

function toolChoiceOf(choice: NonNullable<ChatCompletionRequest['tool_choice']>): ToolChoice | undefined {
  if (typeof choice === 'string') return { type: choice };
  return choice.function ? { type: 'tool', name: choice.function.name } : undefined;
}

function responseFormatOf(format: unknown): ResponseFormat | undefined {
  const { type, json_schema: schema } = (format ?? {}) as { type?: unknown; json_schema?: { schema?: Record<string, unknown> } };
  if (type === 'json_object') return { type: 'json-object' };
  return type === 'json_schema' && schema?.schema ? { type: 'json-schema', schema: schema.schema } : undefined;
}

function untranslatableIn(body: ChatCompletionRequest): string[] {
  const parts = body.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : (content ?? []))).filter((part) => !isText(part) && !isImage(part));
  const tools = (body.tools ?? []).filter(({ function: definition }) => !definition);
  const modalities = Array.isArray(body['modalities']) ? body['modalities'].filter((modality) => modality !== 'text') : [];
  return [...new Set([...parts.map(({ type }) => `a content part of type '${type}'`), ...tools.map(({ type }) => `a tool of type '${type}'`), ...modalities.map((modality) => `output of type '${String(modality)}'`)])];
}
