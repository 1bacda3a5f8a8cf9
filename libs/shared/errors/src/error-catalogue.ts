export interface CatalogueEntry {
  /** HTTP status of the response that carries this code. */
  readonly status: number;
  /** May the same request succeed later without being changed? An AppError may override it. */
  readonly retryable: boolean;
  /** One sentence for docs/errors.md. */
  readonly meaning: string;
}

/** Every code a caller can meet, in one place: services, docs and clients read it. */
export const errorCatalogue = {
  // what the caller sent
  REQUEST_MALFORMED: { status: 400, retryable: false, meaning: 'The body is not valid JSON or not the announced media type.' },
  REQUEST_INVALID: { status: 400, retryable: false, meaning: 'A field is missing, unknown or of the wrong type; `details.issues` names each.' },
  REQUEST_TOO_LARGE: { status: 413, retryable: false, meaning: 'The body or file is over the limit that the message names.' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, retryable: false, meaning: 'The content type is not one this route reads.' },
  CURSOR_INVALID: { status: 400, retryable: false, meaning: '`after` is not an id in this list.' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, retryable: false, meaning: 'The Idempotency-Key was used with another body.' },
  IDEMPOTENCY_KEY_IN_PROGRESS: { status: 409, retryable: true, meaning: 'The first request with this Idempotency-Key is still running.' },
  CONFLICT: { status: 409, retryable: false, meaning: 'The resource exists already or is in another state than the request assumes.' },
  RESOURCE_DELETED: { status: 409, retryable: false, meaning: 'Someone deleted this, and the request asked with `restoreDeleted: false` not to bring it back.' },
  ROUTE_NOT_FOUND: { status: 404, retryable: false, meaning: 'No route has this method and path.' },

  // who asks
  CREDENTIAL_MISSING: { status: 401, retryable: false, meaning: 'The request carries no credential.' },
  CREDENTIAL_INVALID: { status: 401, retryable: false, meaning: 'The credential is malformed, of an unknown issuer or its signature is wrong.' },
  CREDENTIAL_EXPIRED: { status: 401, retryable: false, meaning: 'The credential has expired.' },
  CREDENTIAL_REVOKED: { status: 401, retryable: false, meaning: 'The key was revoked.' },
  CREDENTIAL_AMBIGUOUS: { status: 400, retryable: false, meaning: 'Two headers carry different credentials.' },
  SCOPE_MISSING: { status: 403, retryable: false, meaning: 'The credential lacks the scope that the message names.' },
  ORIGIN_FORBIDDEN: { status: 403, retryable: false, meaning: 'Without authentication the service answers only to this machine.' },
  AUTH_UNAVAILABLE: { status: 503, retryable: true, meaning: 'Keys cannot be checked: the public keys or the revocation list are out of reach.' },

  // what does not exist for this tenant
  KEY_NOT_FOUND: { status: 404, retryable: false, meaning: 'No key with this id.' },
  MODEL_NOT_FOUND: { status: 404, retryable: false, meaning: 'No configured provider serves this model.' },
  COLLECTION_NOT_FOUND: { status: 404, retryable: false, meaning: 'No collection with this id or name.' },
  DOCUMENT_NOT_FOUND: { status: 404, retryable: false, meaning: 'No document with this id in the collection.' },
  JOB_NOT_FOUND: { status: 404, retryable: false, meaning: 'No job with this id.' },
  AGENT_NOT_FOUND: { status: 404, retryable: false, meaning: 'No agent with this id or name.' },
  THREAD_NOT_FOUND: { status: 404, retryable: false, meaning: 'No thread with this id for the agent.' },
  RUN_NOT_FOUND: { status: 404, retryable: false, meaning: 'No run with this id for the agent.' },

  // documents
  DOCUMENT_EMPTY: { status: 422, retryable: false, meaning: 'The document holds no text.' },
  DOCUMENT_UNREADABLE: { status: 422, retryable: false, meaning: 'The document is corrupt or not of its media type.' },
  DOCUMENT_ENCRYPTED: { status: 422, retryable: false, meaning: 'The document is protected by a password.' },
  URL_FORBIDDEN: { status: 422, retryable: false, meaning: 'The egress guard refuses this URL: scheme, port or address is not public.' },
  URL_UNREACHABLE: { status: 422, retryable: true, meaning: 'The URL could not be fetched within its limits.' },

  // model providers
  MODEL_REQUEST_REJECTED: { status: 400, retryable: false, meaning: 'The provider refuses the request as it is; the message is the provider\'s.' },
  MODEL_CONTEXT_EXCEEDED: { status: 400, retryable: false, meaning: 'The request is longer than the model\'s context.' },
  MODEL_CONTENT_REFUSED: { status: 400, retryable: false, meaning: 'The provider\'s content policy refuses the request.' },
  MODEL_CAPABILITY_MISSING: { status: 400, retryable: false, meaning: 'The model cannot do what the request asks (embeddings, tools, ...).' },
  MODEL_PROVIDER_CREDENTIALS_REJECTED: { status: 502, retryable: false, meaning: 'The provider rejects the credentials that this gateway is configured with.' },
  MODEL_PROVIDER_RATE_LIMITED: { status: 429, retryable: true, meaning: 'The provider limits the rate; see Retry-After.' },
  MODEL_PROVIDER_UNAVAILABLE: { status: 502, retryable: true, meaning: 'The provider failed or is out of reach.' },
  MODEL_PROVIDER_TIMEOUT: { status: 504, retryable: true, meaning: 'The provider did not answer before the deadline.' },
  MODEL_STREAM_BROKEN: { status: 502, retryable: true, meaning: 'The provider\'s stream ended before its end.' },

  // runs
  THREAD_BUSY: { status: 409, retryable: true, meaning: 'Another run holds the thread.' },
  RUN_INTERRUPTED: { status: 503, retryable: true, meaning: 'The process that ran this ended before the run did.' },
  RUN_CANCELLED: { status: 409, retryable: false, meaning: 'The run was cancelled.' },
  RUN_LIMIT_REACHED: { status: 422, retryable: false, meaning: 'The run reached one of its agent\'s limits.' },

  // limits
  RATE_LIMITED: { status: 429, retryable: true, meaning: 'A limit of this service is reached; see Retry-After.' },

  // the system
  DEADLINE_EXCEEDED: { status: 504, retryable: true, meaning: 'The request did not finish within its time.' },
  REQUEST_ABORTED: { status: 499, retryable: false, meaning: 'The caller went away; nobody reads this answer.' },
  SERVICE_UNAVAILABLE: { status: 503, retryable: true, meaning: 'A neighbouring service, named in the message, does not answer.' },
  UPSTREAM_FAILED: { status: 502, retryable: true, meaning: 'A remote system answered with an error or with something unreadable.' },
  DATABASE_BUSY: { status: 503, retryable: true, meaning: 'No database connection became free in time.' },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true, meaning: 'The database is out of reach.' },
  CACHE_UNAVAILABLE: { status: 503, retryable: true, meaning: 'The cache or counter store is out of reach.' },
  EVENTS_UNAVAILABLE: { status: 503, retryable: true, meaning: 'The event bus is out of reach or full.' },
  LEASE_LOST: { status: 409, retryable: true, meaning: 'Another process took over this work; what this one wrote was rolled back.' },
  SCHEMA_BEHIND: { status: 503, retryable: true, meaning: 'The database lacks migrations this version needs.' },
  EXTERNAL_CALL_IN_TRANSACTION: { status: 500, retryable: false, meaning: 'A programming error: a call left the process while a transaction was open.' },
  CONFIG_INVALID: { status: 500, retryable: false, meaning: 'The configuration is incomplete or wrong; the message lists every variable.' },
  INTERNAL: { status: 500, retryable: false, meaning: 'An unexpected failure; the log line with the request id has the cause.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
