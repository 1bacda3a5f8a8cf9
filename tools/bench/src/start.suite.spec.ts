import { residentMb } from './resident-memory';
import { suites } from './suites';

describe('bench', () => {
  it('gives every suite its own name and a description', () => {
    expect(new Set(suites.map(({ name }) => name)).size).toBe(suites.length);
    expect(suites.every(({ description }) => description !== '')).toBe(true);
  });

  it('reads the memory of a process in MB', () => {
    expect(residentMb(process.pid)).toBeGreaterThan(10);
    expect(residentMb(process.pid)).toBeLessThan(10_000);
  });
});
