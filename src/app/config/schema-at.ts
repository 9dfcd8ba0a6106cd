import type { z } from "zod";

type Definition = {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
};

/** The schema without the wrappers that only fill in what is missing. */
function bare(schema: z.core.$ZodType): Definition {
  let definition = schema._zod.def as unknown as Definition;
  while (definition.innerType !== undefined)
    definition = definition.innerType._zod.def as unknown as Definition;
  return definition;
}

/** The names that an object schema lists; null where any name may stand, or where nothing is below. */
export function keysOf(schema: z.core.$ZodType): readonly string[] | null {
  const { shape, catchall } = bare(schema);
  if (shape === undefined) return null;
  return catchall === undefined || (catchall._zod.def as { type: string }).type === "never"
    ? Object.keys(shape)
    : null;
}

/** The schema of what stands under `key`; null where nothing may. */
export function schemaUnder(schema: z.core.$ZodType, key: string): z.core.$ZodType | null {
  const { shape, catchall, valueType } = bare(schema);
  if (shape !== undefined && Object.hasOwn(shape, key)) return shape[key]!;
  if (catchall !== undefined && (catchall._zod.def as { type: string }).type !== "never") return catchall;
  return valueType ?? null;
}

/** What kind of value belongs there: `string`, `number`, `boolean`, `array`, `object`, `record`, `enum`, `union`. */
export function kindOf(schema: z.core.$ZodType): string {
  return bare(schema).type;
}
