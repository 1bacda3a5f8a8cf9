export default { displayName: 'checks', preset: '../../jest.preset.cjs' };
