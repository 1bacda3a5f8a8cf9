import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './public-address';

const PRIVATE_BLOCKS = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'];

/** Any address of a block: its network bits, and arbitrary bits behind them. */
const addressIn = (block: string) =>
  fc.nat({ max: 0xffffffff }).map((host) => {
    const [network, bits] = ipaddr.IPv4.parseCIDR(block);
    const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
    const base = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
    const value = ((base & mask) | (host & ~mask)) >>> 0;
    return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255] as const;
  });

const hexPair = (high: number, low: number) => ((high << 8) | low).toString(16);

describe('a public address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '2a00:1450:4001::200e', '::ffff:8.8.8.8', '64:ff9b::808:808'])('is %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    '127.0.0.1', '0.0.0.0', '10.1.2.3', '172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '168.63.129.16', '255.255.255.255', '224.0.0.1', '192.88.99.1',
    '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', 'fec0::1', '2001:db8::1', '3fff::1', '100::1', '5f00::1',
    '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::808:808', '2002:7f00:1::', '2002:808:808::', '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '', 'example.com', '127.1', '1.2.3.4.5',
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it('is none of a private block, nor one that IPv6 wraps around it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PRIVATE_BLOCKS).chain(addressIn), ([a, b, c, d]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const [high, low] = [hexPair(a, b), hexPair(c, d)];
        for (const form of [dotted, `::ffff:${dotted}`, `::ffff:${high}:${low}`, `64:ff9b::${high}:${low}`, `2002:${high}:${low}::1`, `::${high}:${low}`]) {
          expect({ form, public: isPublicAddress(form) }).toEqual({ form, public: false });
        }
      }),
    );
  });
});
