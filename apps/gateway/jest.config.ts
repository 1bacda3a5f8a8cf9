export default { displayName: 'gateway-service', preset: '../../jest.preset.cjs' };
