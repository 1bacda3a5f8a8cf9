import { scrubText } from './scrub-text';
import { serializeError } from './error-serialisation';

const REDACTED = '[redacted]';

/** Last word of a key that holds a credential: `apiKey`, `x-api-key`, `ACCESS_TOKEN` all match. */
const SECRET_WORDS = new Set(['key', 'token', 'secret', 'password', 'passwd', 'passphrase', 'authorization', 'cookie', 'credential', 'credentials', 'signature', 'jwt', 'headers']);

/** Keys, compared as a whole, that hold what people or models wrote. */
const CONTENT_KEYS = new Set([
  'prompt', 'prompts', 'message', 'messages', 'content', 'contents', 'text', 'texts', 'answer', 'answers', 'query', 'question',
  'instructions', 'quote', 'passages', 'arguments', 'body', 'input', 'output', 'completion', 'delta',
]);

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;

export interface RedactionOptions {
  /** Keys that are shown although the list above names them. Strings in them are still searched for credentials. */
  readonly reveal?: readonly string[];
  /** Whether errors carry their stack. */
  readonly stacks: boolean;
}

/** Copies log fields into plain JSON values without secrets and content. Bounded in depth and width. */
export function redactFields(fields: Readonly<Record<string, unknown>>, options: RedactionOptions): Record<string, unknown> {
  return copyObject(fields, options, 0);
}

function copyObject(source: object, options: RedactionOptions, depth: number): Record<string, unknown> {
  const entries = Object.entries(source).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, value]) => [key, copyEntry(key, value, options, depth)]));
}

function copyEntry(key: string, value: unknown, options: RedactionOptions, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (!options.reveal?.includes(key)) {
    if (isSecretKey(key)) return REDACTED;
    // A number under a content key is a count; lengths help where the text itself may not be shown.
    if (CONTENT_KEYS.has(key.toLowerCase()) && typeof value !== 'number') return typeof value === 'string' ? `[redacted ${value.length} characters]` : REDACTED;
  }
  return copyValue(value, options, depth + 1);
}

function copyValue(value: unknown, options: RedactionOptions, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return serializeError(value, { stacks: options.stacks, copyDetails: (details) => copyObject(details, options, depth) });
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return scrubText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => copyValue(item, options, depth + 1));
  if (value instanceof Set) return copyValue([...value], options, depth);
  if (value instanceof Map) return copyObject(Object.fromEntries([...value].map(([key, item]) => [String(key), item])), options, depth);
  return copyObject(value, options, depth);
}

function isSecretKey(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/);
  const last = words.at(-1) ?? '';
  return SECRET_WORDS.has(last) || last === 'apikey';
}
