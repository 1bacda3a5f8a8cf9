export default { displayName: 'rag-client', preset: '../../../jest.preset.cjs' };
