export default { displayName: 'cache', preset: '../../../jest.preset.cjs' };
