export default { displayName: 'agent-service', preset: '../../jest.preset.cjs' };
