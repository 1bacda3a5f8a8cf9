export default { displayName: 'http-client', preset: '../../../jest.preset.cjs' };
