import { didYouMean } from "../base/nearest.ts";
import { KiwiError } from "../base/errors.ts";

/** A tunable number, with the range that a search may try. */
export type NumberParam = {
  readonly kind: "int" | "float";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly summary: string;
};
export type BooleanParam = { readonly kind: "bool"; readonly default: boolean; readonly summary: string };
export type ChoiceParam<Option extends string = string> = {
  readonly kind: "choice";
  readonly default: Option;
  readonly options: readonly Option[];
  readonly summary: string;
};
/** Any text, such as an address or a path: it has no range that a search could try. */
export type TextParam = { readonly kind: "text"; readonly default: string; readonly summary: string };
export type Param = NumberParam | BooleanParam | ChoiceParam | TextParam;
export type Params = Readonly<Record<string, Param>>;

/** The values that a set of parameters takes. */
export type ParamValues<P extends Params> = {
  readonly [Name in keyof P]: P[Name] extends NumberParam
    ? number
    : P[Name] extends BooleanParam
      ? boolean
      : P[Name] extends ChoiceParam<infer Option>
        ? Option
        : P[Name] extends TextParam
          ? string
          : never;
};
export type ParamValue = number | boolean | string;

type Range = { readonly min: number; readonly max: number; readonly step?: number };

/** A whole-number parameter. */
export function int(defaultValue: number, range: Range, summary = ""): NumberParam {
  return { kind: "int", default: defaultValue, step: 1, ...range, summary };
}

/** A real-number parameter; `step` is the grid of a search and binds nobody else. */
export function float(defaultValue: number, range: Range, summary = ""): NumberParam {
  return { kind: "float", default: defaultValue, step: (range.max - range.min) / 10, ...range, summary };
}

/** A yes-or-no parameter. */
export function bool(defaultValue: boolean, summary = ""): BooleanParam {
  return { kind: "bool", default: defaultValue, summary };
}

/** One of a few words; the first is the default. */
export function choice<const Option extends string>(
  options: readonly [Option, ...Option[]],
  summary = "",
): ChoiceParam<Option> {
  return { kind: "choice", default: options[0], options, summary };
}

/** Any text; a search leaves it as it is. */
export function text(defaultValue: string, summary = ""): TextParam {
  return { kind: "text", default: defaultValue, summary };
}

/**
 * Fills in defaults and checks what was given (text from a command line is converted).
 * Throws `PARAM_UNKNOWN` or `PARAM_INVALID`, naming `owner` and the way out.
 */
export function resolveParams<P extends Params>(
  owner: string,
  params: P,
  given: Readonly<Record<string, ParamValue>>,
): ParamValues<P> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(params, name)) throw unknownParam(owner, params, name);
  const values: Record<string, ParamValue> = {};
  for (const [name, param] of Object.entries(params)) {
    values[name] = Object.hasOwn(given, name) ? parseValue(owner, name, param, given[name]!) : param.default;
  }
  return values as ParamValues<P>;
}

function parseValue(owner: string, name: string, param: Param, given: ParamValue): ParamValue {
  switch (param.kind) {
    case "bool": {
      if (given === true || given === "true" || given === "1") return true;
      if (given === false || given === "false" || given === "0") return false;
      throw invalidParam(owner, name, given, "true or false");
    }
    case "choice": {
      if (param.options.includes(String(given))) return String(given);
      throw invalidParam(owner, name, given, `one of ${param.options.join(", ")}`);
    }
    case "text":
      return String(given);
    case "int":
    case "float": {
      const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
      const isRight =
        typeof value === "number" &&
        (param.kind === "int" ? Number.isInteger(value) : Number.isFinite(value));
      // min and max are the range of a search; a person may go past max on purpose, but never below min.
      if (isRight && value >= param.min) return value;
      const what = param.kind === "int" ? "a whole number" : "a number";
      throw invalidParam(owner, name, given, `${what} from ${param.min} up`);
    }
  }
}

function unknownParam(owner: string, params: Params, name: string): KiwiError {
  const known = Object.keys(params);
  return new KiwiError({
    code: "PARAM_UNKNOWN",
    exit: "usage",
    message: `${owner} has no parameter "${name}"`,
    why: known.length === 0 ? "it has no parameters" : `its parameters are ${known.join(", ")}`,
    fix:
      known.length === 0
        ? `remove --param ${name}=...`
        : didYouMean(name, known, (near) => `--param ${near}=...`),
    topic: "params",
  });
}

function invalidParam(owner: string, name: string, given: ParamValue, wanted: string): KiwiError {
  return new KiwiError({
    code: "PARAM_INVALID",
    exit: "usage",
    message: `parameter ${name} of ${owner} cannot be ${JSON.stringify(given)}`,
    why: `it must be ${wanted}`,
    fix: owner.startsWith("strategy ")
      ? `set --param ${name}=<${wanted}>`
      : `give ${wanted} in the flag or the key of kiwi.config.jsonc that sets it   (kiwi config show --origin)`,
    topic: "params",
  });
}
