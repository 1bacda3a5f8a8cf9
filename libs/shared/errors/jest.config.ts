export default { displayName: 'errors', preset: '../../../jest.preset.cjs' };
