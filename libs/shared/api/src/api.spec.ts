import { idOf, idOrName, newId, pageQuery, toPage } from './index';

describe('ids', () => {
  it('are valid, sortable by time of creation and never names', () => {
    const ids = Array.from({ length: 50 }, () => newId('doc'));
    expect([...ids].sort()).toEqual(ids);
    expect(idOf('doc').safeParse(ids[0]).success).toBe(true);
    expect(idOf('col').safeParse(ids[0]).success).toBe(false);
    expect(idOrName('col').safeParse('handbook').success).toBe(true);
    expect(idOrName('col').safeParse('Hand_book').success).toBe(false);
  });
});

describe('pages', () => {
  it('default to 20 items and refuse unknown parameters', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 20 });
    expect(pageQuery.safeParse({ limit: '101' }).success).toBe(false);
    expect(pageQuery.safeParse({ offset: '1' }).success).toBe(false);
  });

  it('tell from one surplus row that more follow', () => {
    expect(toPage([{ id: 'a' }, { id: 'b' }], 1)).toEqual({ data: [{ id: 'a' }], hasMore: true, lastId: 'a' });
    expect(toPage([], 1)).toEqual({ data: [], hasMore: false, lastId: null });
  });
});
