import { deflateSync } from 'node:zlib';
import { ascii85Bytes, asciiHexBytes, inflated, lzwLength, runLengthLength } from './pdf-filters';

const LIMIT = 1000;
const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describe('PDF filters', () => {
  it('decode ASCII85 and hex up to their end mark, over white space', () => {
    expect(textOf(ascii85Bytes(Buffer.from('87cUR\nD]i,"Ebo80~>rest'), LIMIT).bytes)).toBe('Hello World!');
    expect(textOf(asciiHexBytes(Buffer.from('4F 77\n6c7>41'), LIMIT).bytes)).toBe('Owlp');
    expect(ascii85Bytes(Buffer.from('z'.repeat(LIMIT)), LIMIT).length).toBeLessThan(LIMIT + 8);
  });

  it('count what LZW and run lengths make', () => {
    // The example of the PDF specification: ten bytes in nine.
    expect(lzwLength(Buffer.from('800B6050220C0C8501', 'hex'), LIMIT)).toBe(10);
    expect(runLengthLength(Buffer.from([2, 65, 66, 67, 254, 68, 128, 9]), LIMIT)).toBe(6);
  });

  it('LZW codes grow in width with their table', () => {
    const codes = [256, 32, ...Array.from({ length: 600 }, (_, index) => 258 + index), 257];
    // A decoder reads 10 bits from the 256th code after the reset on.
    const bits = codes.map((code, index) => code.toString(2).padStart(index < 255 ? 9 : index < 767 ? 10 : 11, '0')).join('');
    const packed = Uint8Array.from(bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/gu) ?? [], (byte) => Number.parseInt(byte, 2));
    expect(lzwLength(packed, 1_000_000)).toBe((601 * 602) / 2);
  });

  it('inflate to the limit, to damage or to the end, whatever follows', async () => {
    const packed = deflateSync('owl'.repeat(100));
    expect(textOf((await inflated(Buffer.concat([packed, Buffer.from('endstream')]), LIMIT, true)).bytes)).toBe('owl'.repeat(100));
    expect((await inflated(deflateSync(Buffer.alloc(10_000_000)), LIMIT, false)).length).toBeLessThan(200_000);
    expect((await inflated(Buffer.from('noise'), LIMIT, true)).length).toBe(0);
  });
});
