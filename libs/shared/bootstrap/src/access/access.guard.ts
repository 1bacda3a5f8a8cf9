import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { requireScope } from '@faas/auth';
import { AppError } from '@faas/errors';
import { requireContext } from '@faas/request-context';
import type { FastifyRequest } from 'fastify';
import type { ServiceParts } from '../service-definition';
import { ACCESS, type AccessRule } from './access.decorator';

/** Verifies the credential, puts the principal into the request context and checks the handler's scope. */
export class AccessGuard implements CanActivate {
  constructor(private readonly parts: Pick<ServiceParts, 'authenticate' | 'admit'>) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = accessOf(context.getHandler());
    await this.parts.admit?.();
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.parts.authenticate(request.headers);
    requireContext().principal = principal;
    requireScope(principal, rule);
    return true;
  }
}

function accessOf(handler: object): AccessRule {
  const rule = Reflect.getMetadata(ACCESS, handler) as AccessRule | undefined;
  if (!rule) throw new AppError('INTERNAL', 'The handler declares no @Access rule.');
  return rule;
}
