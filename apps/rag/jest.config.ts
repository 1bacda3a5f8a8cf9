export default { displayName: 'rag-service', preset: '../../jest.preset.cjs' };
