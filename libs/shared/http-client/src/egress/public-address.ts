import ipaddr from 'ipaddr.js';

/** Public by number, but answered by the machine's own cloud: Azure's wire server. */
const CLOUD_INTERNAL: readonly [ipaddr.IPv4, number][] = [[ipaddr.IPv4.parse('168.63.129.16'), 32]];

/** The only block of IPv6 that is routed on the internet. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
const NAT64_WELL_KNOWN: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/**
 * Whether an address literal is on the public internet.
 *
 * False for private, loopback, link-local (cloud metadata), CGNAT, multicast, documentation and reserved ranges, for
 * unique-local IPv6, and for IPv6 that carries an IPv4 address: mapped and NAT64 ones count as what they carry, 6to4 and
 * Teredo are always refused. Anything that is not an address is false.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv4 ? isPublicV4(parsed) : isPublicV6(parsed);
}

function isPublicV4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !CLOUD_INTERNAL.some(([block, bits]) => address.match(block, bits));
}

function isPublicV6(address: ipaddr.IPv6): boolean {
  if (address.isIPv4MappedAddress()) return isPublicV4(address.toIPv4Address());
  // NAT64 is how a host without IPv4 reaches public IPv4 sites: the last 32 bits decide.
  if (address.match(...NAT64_WELL_KNOWN)) return isPublicV4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.match(...GLOBAL_UNICAST) && address.range() === 'unicast';
}
