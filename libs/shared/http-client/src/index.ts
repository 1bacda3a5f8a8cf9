export { EgressGuard, type EgressGuardOptions, type EgressRequest, type EgressResponse } from './egress/egress-guard';
export { AddressResolver, SystemAddressResolver } from './egress/address-resolver.port';
export { isPublicAddress } from './egress/public-address';
export { readEventStream, type EventStreamOptions, type ServerSentEvent } from './event-stream';
export { HttpClient } from './http-client';
export { type BreakerOptions, type HttpClientOptions, type HttpMethod, type HttpRequest } from './http-request';
export { HttpResponse } from './http-response';
export { errorFromBody, remoteError, type RemoteErrorOptions } from './remote-error';
export { retryAfterMs } from './retry-policy';
