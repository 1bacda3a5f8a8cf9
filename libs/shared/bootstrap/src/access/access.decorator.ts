import { SetMetadata } from '@nestjs/common';
import type { Scope } from '@faas/api';

export const ACCESS = Symbol('access');
export type AccessRule = Scope | 'public';

/** Every handler says who may call it: one scope, or `public`. The application does not start when one is missing. */
export const Access = (rule: AccessRule) => SetMetadata(ACCESS, rule);
