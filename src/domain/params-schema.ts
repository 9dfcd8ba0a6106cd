import { z } from "zod";
import type { Param, Params } from "./params.ts";

/**
 * The zod schema of parameters: what a request or a configuration is checked by where it does not come from a command
 * line. Names that are not among them are refused, and what is left out has its default.
 */
export function schemaOf(params: Params): z.ZodObject {
  const shape = Object.fromEntries(Object.entries(params).map(([name, param]) => [name, oneOf(param)]));
  return z.strictObject(shape);
}

function oneOf(param: Param): z.ZodType {
  const describe = (schema: z.ZodType): z.ZodType =>
    param.summary === "" ? schema : schema.describe(param.summary);
  switch (param.kind) {
    case "bool":
      return describe(z.boolean().default(param.default));
    case "choice":
      return describe(z.enum(param.options).default(param.default));
    case "text":
      return describe(z.string().default(param.default));
    // `max` is the range of a search, and binds nobody else.
    case "int":
      return describe(z.int().min(param.min).default(param.default));
    case "float":
      return describe(z.number().min(param.min).default(param.default));
  }
}
