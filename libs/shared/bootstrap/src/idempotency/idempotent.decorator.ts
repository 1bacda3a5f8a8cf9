import { SetMetadata } from '@nestjs/common';

export const IDEMPOTENT = Symbol('idempotent');

/** On every POST that creates or spends: honours the Idempotency-Key header. */
export const Idempotent = () => SetMetadata(IDEMPOTENT, true);
