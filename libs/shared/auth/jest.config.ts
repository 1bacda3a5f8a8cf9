export default { displayName: 'auth', preset: '../../../jest.preset.cjs' };
