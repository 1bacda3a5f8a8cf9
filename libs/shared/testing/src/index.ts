export { describeOnServer, type TestServer } from './on-server';
export { FakeModelProvider } from './fake-model-provider';
export { type FakeAnswer, type FakeBrokenStream, type FakeError, type FakeHang, type FakeReply, type FakeToolCall, type FakeUsage, type RecordedRequest } from './fake-model-provider.types';
