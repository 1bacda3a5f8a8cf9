import type { INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { AppError } from '@faas/errors';
import { ACCESS } from './access.decorator';

/** Where Nest's route decorators keep the path of a handler. */
const PATH_METADATA = 'path';

/** A handler without an @Access rule would answer 500 to everybody: the application does not start with one. */
export function assertEveryRouteDeclaresAccess(app: INestApplication): void {
  const missing: string[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const prototype = metatype?.prototype as Record<string, unknown> | undefined;
      if (!prototype) continue;
      for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
        const handler = prototype[name] as object;
        if (!Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        if (!Reflect.hasMetadata(ACCESS, handler)) missing.push(`${metatype?.name}.${name}`);
      }
    }
  }
  if (missing.length > 0) throw new AppError('INTERNAL', `These handlers declare no @Access rule: ${missing.join(', ')}.`);
}
