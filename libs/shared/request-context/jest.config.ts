export default { displayName: 'request-context', preset: '../../../jest.preset.cjs' };
