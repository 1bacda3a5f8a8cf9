/** What a token may allow; see docs/api.md, Identity. */
export const scopes = ['gateway:use', 'rag:read', 'rag:write', 'agents:use', 'agents:write', 'keys:manage', 'tenants:manage'] as const;
export type Scope = (typeof scopes)[number];
