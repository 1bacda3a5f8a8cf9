export default { displayName: 'gateway-contract', preset: '../../../jest.preset.cjs' };
