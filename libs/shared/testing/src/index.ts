export { describeOnServer, type TestServer } from './on-server';
export { FakeModelProvider } from './fake-model-provider';
export { type FakeAnswer, type FakeBrokenStream, type FakeError, type FakeHang, type FakeReply, type FakeToolCall, type FakeUsage, type RecordedRequest } from './fake-model-provider.types';
export { describeOnEachEngine, type Engine, type ThrowawayDatabase, type ThrowawaySource } from './throwaway-database';
export { describeRouteWalk, type WalkedService } from './describe-route-walk';
export { freePorts } from './free-ports';
export { RunningSystem, type RunningSystemOptions } from './running-system';
