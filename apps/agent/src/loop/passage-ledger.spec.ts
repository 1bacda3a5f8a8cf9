import { passageOf } from './passage-fixture';
import { PassageLedger } from './passage-ledger';

describe('PassageLedger', () => {
  it('leaves out what does not fit and cuts the first passage rather than nothing', () => {
    const ledger = new PassageLedger();
    expect(ledger.add([passageOf('abcd', 0), passageOf('efgh', 1)], 6).map(({ text }) => text)).toEqual(['abcd']);
    expect(ledger.add([passageOf('ijklmnop', 2)], 4)).toMatchObject([{ number: 2, text: 'ijkl', start: 2_000, end: 2_004 }]);
  });

  it('never cuts a character in two and counts offsets in code points', () => {
    const [passage] = new PassageLedger().add([passageOf('a😀😀b', 0)], 4);
    expect(passage).toMatchObject({ text: 'a😀', start: 0, end: 2 });
  });
});
