export { describeOnServer, type TestServer } from './on-server';
