export default { displayName: 'gateway-client', preset: '../../../jest.preset.cjs' };
