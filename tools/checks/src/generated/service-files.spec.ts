import { variableTable, withTable } from './service-files';

describe('variable table', () => {
  const table = variableTable([
    { name: 'A', description: 'One|two.', required: true, secret: true },
    { name: 'B', description: 'Three.', required: false, secret: false, default: '1' },
  ]);

  it('has a row for each variable and escapes what would break it', () => {
    expect(table.split('\n').slice(2)).toEqual(['| `A` (secret) | required | One\\|two. |', '| `B` | `1` | Three. |']);
  });

  it('replaces only what stands between its marks', () => {
    const first = withTable('# Service\n\nText.\n', 'old');
    expect(first).toMatch(/^# Service\n\nText\.\n\n## Variables\n/);
    const second = withTable(`${first}\n## After\n`, table);
    expect(second).toContain(table);
    expect(second).not.toContain('old');
    expect(second.endsWith('\n## After\n')).toBe(true);
    expect(withTable(second, table)).toBe(second);
  });
});
