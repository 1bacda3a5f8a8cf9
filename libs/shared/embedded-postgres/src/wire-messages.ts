/** Frames of the PostgreSQL protocol 3.0: https://www.postgresql.org/docs/current/protocol-message-formats.html */

const SYNC = 'S'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);

/** Status byte of ReadyForQuery, always the last byte of an answer. */
export const TRANSACTION_IDLE = 'I'.charCodeAt(0);

export interface MessageBatch {
  /** Up to and including the message that asks for an answer. */
  readonly messages: Buffer;
  readonly length: number;
  readonly terminate: boolean;
}

/** The next messages that belong together: everything up to Sync, a simple query or the end. Undefined when more bytes are needed. */
export function readMessages(bytes: Buffer): MessageBatch | undefined {
  for (let offset = 0; offset + 5 <= bytes.length; ) {
    const type = bytes[offset];
    const end = offset + 1 + bytes.readInt32BE(offset + 1);
    if (end > bytes.length) return undefined;
    if (type === TERMINATE) return { messages: bytes.subarray(0, offset), length: end, terminate: true };
    if (type === SYNC || type === QUERY) return { messages: bytes.subarray(0, end), length: end, terminate: false };
    offset = end;
  }
  return undefined;
}

/** The startup message has no type byte. */
export function isComplete(bytes: Buffer, _message: 'startup'): boolean {
  return bytes.length >= 4 && bytes.length >= bytes.readInt32BE(0);
}

/** Everyone is let in: the connection never leaves the process. */
export function greeting(): Buffer {
  const parameters = { server_encoding: 'UTF8', client_encoding: 'UTF8', DateStyle: 'ISO, MDY', TimeZone: 'UTC', integer_datetimes: 'on', standard_conforming_strings: 'on' };
  return Buffer.concat([
    message('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => message('S', text(name), text(value))),
    message('K', int32(process.pid), int32(0)),
    readyForQuery(),
  ]);
}

export function errorResponse(code: string, what: string): Buffer {
  const fields = [text('SERROR'), text('VERROR'), text(`C${code}`), text(`M${what}`), Buffer.from([0])];
  return Buffer.concat([message('E', ...fields), readyForQuery()]);
}

function readyForQuery(): Buffer {
  return message('Z', Buffer.from('I'));
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}
