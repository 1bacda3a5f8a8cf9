/** The protocol-neutral request: every way in writes it, every adapter reads it. */
export interface ModelRequest {
  /** The provider's own name of the model, without the provider's. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly stop: readonly string[];
  /** How many answers to generate. */
  readonly choices: number;
  readonly responseFormat?: ResponseFormat;
  readonly endUser?: string;
  /** What the request asks for that these fields have no words for; only an adapter that sends `source` can serve it. */
  readonly untranslatable: readonly string[];
  /** The body as the caller wrote it: an adapter of the same protocol sends it on, unknown fields included. */
  readonly source?: VendorBody;
}

/** JSON of one vendor's protocol, kept beside its meaning so that a way in of the same protocol loses nothing. */
export interface VendorBody {
  readonly protocol: 'openai';
  readonly body: Readonly<Record<string, unknown>>;
}

export type Message =
  | { readonly role: 'system'; readonly content: readonly ContentPart[] }
  | { readonly role: 'user'; readonly content: readonly ContentPart[] }
  | { readonly role: 'assistant'; readonly content: readonly ContentPart[]; readonly toolCalls: readonly ToolCallRequest[] }
  | { readonly role: 'tool'; readonly callId: string; readonly content: readonly ContentPart[] };

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  /** A `data:` URL or a web address; passed to the provider as data, never fetched here. */
  | { readonly type: 'image'; readonly url: string };

export interface ToolCallRequest {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
}

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice = { readonly type: 'none' | 'auto' | 'required' } | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat = { readonly type: 'json-object' } | { readonly type: 'json-schema'; readonly schema: Readonly<Record<string, unknown>> };

export function textOf(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Characters of everything the model reads: the base of an estimate when no usage is reported. */
export function charactersOf(request: ModelRequest): number {
  const messages = request.messages.reduce(
    (sum, message) => sum + textOf(message.content).length + (message.role === 'assistant' ? message.toolCalls.reduce((calls, call) => calls + call.name.length + call.arguments.length, 0) : 0),
    0,
  );
  return messages + (request.tools.length > 0 ? JSON.stringify(request.tools).length : 0);
}
