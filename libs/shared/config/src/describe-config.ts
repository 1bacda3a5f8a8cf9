import * as z from 'zod';

export interface ConfigVariable {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly default?: string;
}

/** Lists the variables of a config schema: the source of the README's table and of config.schema.json. */
export function describeConfig(schema: z.ZodObject): ConfigVariable[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const layers = unwrap(field as z.ZodType);
    const metas = layers.map((layer) => z.globalRegistry.get(layer) as { description?: string; secret?: boolean } | undefined);
    const accepted = (field as z.ZodType).safeParse(undefined);
    return {
      name,
      description: metas.find((meta) => meta?.description)?.description ?? '',
      required: !accepted.success,
      secret: metas.some((meta) => meta?.secret === true),
      ...(accepted.success && accepted.data !== undefined ? { default: String(accepted.data) } : {}),
    };
  });
}

/** A schema and everything it wraps (optional, default, pipe input): metadata may sit on any of them. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  const definition = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = definition.innerType ?? definition.in;
  return inner ? [schema, ...unwrap(inner)] : [schema];
}
