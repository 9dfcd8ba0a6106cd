import { didYouMean } from "../base/nearest.ts";
import { z } from "zod";
import { KiwiError } from "../base/errors.ts";
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

/** Options that were not given are not there at all, rather than undefined. */
export type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Whose options are checked, for messages. */
export type OptionOwner = {
  readonly kind: "source" | "broker";
  readonly name: string;
  /** Where they stand in the configuration: `providers.binance`. */
  readonly place: string;
};

/** The options of a plug-in, checked. Throws `SOURCE_` or `BROKER_OPTION_UNKNOWN`, `…_OPTION_MISSING`, `…_OPTION_INVALID`. */
export function checkedOptions<Shape extends z.ZodRawShape>(
  owner: OptionOwner,
  schema: z.ZodObject<Shape>,
  given: Readonly<Record<string, unknown>>,
): Given<z.output<z.ZodObject<Shape>>> {
  const { kind, name, place } = owner;
  const known = Object.keys(schema.shape);
  const wrong = Object.keys(given).find((key) => !known.includes(key));
  if (wrong !== undefined) {
    throw optionError(
      kind,
      "UNKNOWN",
      `the ${kind} ${name} has no option "${wrong}"`,
      `its options are ${known.join(", ")}`,
      didYouMean(wrong, known, (near) => `${place}.${near}`),
    );
  }
  const outcome = schema.safeParse(given);
  if (outcome.success) return outcome.data as Given<z.output<z.ZodObject<Shape>>>;
  const { path, message } = outcome.error.issues[0]!;
  const option = path.map(String).join(".");
  if (given[option] === undefined) {
    throw optionError(
      kind,
      "MISSING",
      `the ${kind} ${name} needs the option ${option}`,
      (schema.shape[option] as z.ZodType | undefined)?.description ?? message,
      `add --set ${place}.${option}=..., or put it into kiwi.config.jsonc`,
    );
  }
  throw optionError(
    kind,
    "INVALID",
    `the option ${option} of the ${kind} ${name} cannot be ${JSON.stringify(given[option])}`,
    message,
    `correct ${place}.${option}, or leave it out`,
  );
}

function optionError(
  kind: OptionOwner["kind"],
  fault: string,
  message: string,
  why: string,
  fix: string,
): KiwiError {
  const code = `${kind.toUpperCase()}_OPTION_${fault}`;
  return new KiwiError({ code, exit: "config", message, why, fix, topic: `${kind}s` });
}
