import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { forbidden } from './checked-url';

export interface PinnedAgentOptions {
  /** The addresses that were checked; nothing else is connected to. */
  readonly addresses: readonly string[];
  readonly connectTimeoutMs: number;
  /** Most bytes of a body as it arrives, before it is unpacked. */
  readonly maxBytes: number;
  /** Certificate authorities instead of the built-in ones, PEM. */
  readonly ca?: string;
}

const MAX_HEADER_BYTES = 16 * 1024;

/**
 * An agent that connects to the given addresses only. The name is not resolved again, so a second DNS answer cannot
 * lead elsewhere; TLS still checks the certificate against the name. The connected peer is compared once more.
 */
export function pinnedAgent({ addresses, connectTimeoutMs, maxBytes, ca }: PinnedAgentOptions): Agent {
  const checked = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, options, callback) => {
    const [first] = checked;
    if (!first) return callback(new Error('no checked address'), '', 0);
    if (options.all) callback(null, checked);
    else callback(null, first.address, first.family);
  };
  const connect = buildConnector({ lookup, timeout: connectTimeoutMs, allowH2: false, ...(ca === undefined ? {} : { ca }) });
  const allowed = new BlockList();
  for (const { address, family } of checked) allowed.addAddress(address, family === 6 ? 'ipv6' : 'ipv4');
  return new Agent({
    connections: 1,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: maxBytes,
    connect: (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null);
        const peer = socket.remoteAddress ?? '';
        if (isIP(peer) !== 0 && allowed.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4')) return callback(null, socket);
        socket.destroy();
        callback(forbidden('The connection led to another address than the one that was checked.'), null);
      }),
  });
}
