export default { displayName: 'embedded-postgres', preset: '../../../jest.preset.cjs' };
