import { freePorts } from './index';

describe('freePorts', () => {
  it('finds ports that are all different', async () => {
    const ports = await freePorts(8);
    expect(new Set(ports).size).toBe(8);
    expect(ports.every((port) => port > 1023)).toBe(true);
  });
});
