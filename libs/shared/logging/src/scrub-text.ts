const MAX_CHARACTERS = 8_192;

/** What looks like a credential inside free text, and what stands in its place. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  // `scheme://user:password@host`: connection strings in driver errors.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#"'<>]*@/gi, '$1[redacted]@'],
  [/\bfaas_eyJ[\w-]*(?:\.[\w-]*){0,2}/g, 'faas_[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, '[redacted]'],
  [/\b(?:sk|rk|pk)[-_][\w-]{8,}/g, '[redacted]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[redacted]'],
  [/\bAIza[\w-]{30,}/g, '[redacted]'],
  [/\b(?:gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,})/g, '[redacted]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/([?&](?:key|api[_-]?key|token|access[_-]token|sig|signature|secret|password|x-amz-(?:signature|credential|security-token))=)[^&\s#"']+/gi, '$1[redacted]'],
  [/\b(password|passwd|pwd|secret|api[_-]?key)=[^\s&;,"']+/gi, '$1=[redacted]'],
];

/** Removes what looks like a credential from a text and bounds its length. */
export function scrubText(text: string): string {
  const bounded = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}… [${text.length - MAX_CHARACTERS} more characters]` : text;
  return CREDENTIALS.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), bounded);
}
