export default { displayName: 'rag-contract', preset: '../../../jest.preset.cjs' };
