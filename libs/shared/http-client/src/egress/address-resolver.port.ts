import { lookup } from 'node:dns/promises';

/**
 * Finds the addresses of a host name.
 *
 * Promise: all addresses, as literals, in the order to try. Idempotent. Errors: rejects with what the resolver reports;
 * the egress guard translates. Deadline: the caller's.
 */
export abstract class AddressResolver {
  abstract resolve(hostname: string): Promise<readonly string[]>;
}

/** The operating system's resolver: the one that sockets use, hosts file included. */
export class SystemAddressResolver extends AddressResolver {
  async resolve(hostname: string): Promise<readonly string[]> {
    const found = await lookup(hostname, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  }
}
