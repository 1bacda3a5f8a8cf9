export default { displayName: 'agent-contract', preset: '../../../jest.preset.cjs' };
