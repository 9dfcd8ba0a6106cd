import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import { resolveParams, type Param, type Params, type ParamValue } from "../../domain/params.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { readCondition } from "../../search/formula.ts";
import { SearchSpace, steps, type Dimension, type Limit, type Setting } from "../../search/search-space.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { configAt } from "./config-at.ts";

/** What a person says about a space: what varies, what must hold, what matters only with what. */
export type SpaceTexts = {
  /** `fast=5..50:5`, `kind=a,b,c`; without any, every parameter of the strategy over its own range. */
  readonly vary: readonly string[];
  /** `fast * 2 < slow` */
  readonly where: readonly string[];
  /** `width:stop=true` */
  readonly onlyWhen: readonly string[];
};

/** Reads a space. Throws `VARY_INVALID`, `FORMULA_INVALID`, `SETTING_INVALID` and `SPACE_EMPTY`. */
export function readSpace(
  texts: SpaceTexts,
  strategy: AnyStrategy,
  given: Readonly<Record<string, ParamValue>>,
  config: KiwiConfig,
): SearchSpace {
  const params = strategy.params as Params;
  const varied =
    texts.vary.length > 0
      ? texts.vary.map((text) => readDimension(text, params, config))
      : Object.entries(params).flatMap(([name, param]) =>
          Object.hasOwn(given, name) ? [] : ownDimension(name, param),
        );
  if (varied.length === 0) throw nothingVaries(strategy.name);
  refuseTwice(varied);
  const dimensions = withConditions(varied, texts.onlyWhen);
  const space = new SearchSpace(dimensions, limitsOf(texts.where, dimensions, strategy, given));
  space.refuseEmpty();
  return space;
}

/** The space of the lists that a program gives. Throws `PARAM_INVALID`, `SETTING_INVALID` and `SPACE_EMPTY`. */
export function spaceOfLists(
  lists: Readonly<Record<string, readonly ParamValue[]>>,
  strategy: AnyStrategy,
  given: Readonly<Record<string, ParamValue>>,
  config: KiwiConfig,
): SearchSpace {
  const dimensions = Object.entries(lists).map(([name, list]): Dimension => {
    for (const value of list) {
      if (name.includes(".")) configAt(config, { [name]: value });
      else resolveParams(`strategy ${strategy.name}`, strategy.params as Params, { [name]: value });
    }
    const values = [...new Set(list)];
    return { name, values, isOrdered: values.every((value) => typeof value === "number") };
  });
  const space = new SearchSpace(dimensions, limitsOf([], dimensions, strategy, given));
  space.refuseEmpty();
  return space;
}

/** The values of a setting that are parameters, and those that are keys of the configuration. */
export function splitSetting(
  setting: Setting,
  { params }: AnyStrategy,
): { readonly params: Setting; readonly settings: Setting } {
  const entries = Object.entries(setting);
  const isParam = (name: string): boolean => Object.hasOwn(params as Params, name);
  return {
    params: Object.fromEntries(entries.filter(([name]) => isParam(name))),
    settings: Object.fromEntries(entries.filter(([name]) => !isParam(name))),
  };
}

function ownDimension(name: string, param: Param): readonly Dimension[] {
  switch (param.kind) {
    case "bool":
      return [{ name, values: [false, true], isOrdered: false }];
    case "choice":
      return [{ name, values: param.options, isOrdered: false }];
    case "text":
      return [];
    default:
      return [{ name, values: steps(param.min, param.max, param.step), isOrdered: true }];
  }
}

const range = /^(-?[\d.]+(?:e[+-]?\d+)?)\.\.(-?[\d.]+(?:e[+-]?\d+)?)(?::([\d.]+(?:e[+-]?\d+)?))?$/i;

function readDimension(text: string, params: Params, config: KiwiConfig): Dimension {
  const at = text.indexOf("=");
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  const param = Object.hasOwn(params, name) ? params[name]! : null;
  if (param === null && !name.includes(".")) throw unknownName(name, params);
  if (at < 0) {
    const own = param === null ? [] : ownDimension(name, param);
    if (own.length === 0) throw invalid(text, `${name} has no range of its own`);
    return own[0]!;
  }
  const values = readValues(text, text.slice(at + 1).trim(), param);
  for (const value of values) {
    if (param === null) configAt(config, { [name]: value });
    else resolveParams("the strategy", { [name]: param }, { [name]: value });
  }
  return { name, values, isOrdered: values.every((value) => typeof value === "number") };
}

function readValues(text: string, given: string, param: Param | null): readonly ParamValue[] {
  const match = range.exec(given);
  if (match !== null) {
    const [from, to] = [Number(match[1]), Number(match[2])];
    const own =
      param !== null && (param.kind === "int" || param.kind === "float") ? param.step : (to - from) / 10;
    const step = match[3] === undefined ? own : Number(match[3]);
    if (!(step > 0) || !Number.isFinite(from) || !Number.isFinite(to))
      throw invalid(text, "its step leads nowhere");
    if (from > to) throw invalid(text, `it ends at ${to}, below ${from} where it begins`);
    if ((to - from) / step > 1e6) throw invalid(text, "it has more than a million values");
    return steps(from, to, step);
  }
  const values = given.split(",").map((one): ParamValue => readValue(one.trim()));
  if (values.some((value) => value === "")) throw invalid(text, "a value is missing");
  if (new Set(values).size < values.length) throw invalid(text, "a value is there twice");
  return values;
}

function readValue(text: string): ParamValue {
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function withConditions(dimensions: readonly Dimension[], texts: readonly string[]): readonly Dimension[] {
  const conditions = new Map<string, NonNullable<Dimension["onlyWhen"]>>();
  for (const text of texts) {
    const match = /^([^:=]+):([^:=]+)=(.+)$/.exec(text);
    const other = dimensions.find(({ name }) => name === match?.[2]?.trim());
    const value = readValue(match?.[3]?.trim() ?? "");
    if (match === null || other === undefined || !other.values.includes(value))
      throw invalid(text, "it is no NAME:OTHER=VALUE with an OTHER that varies and takes VALUE");
    const name = match[1]!.trim();
    if (dimensions.every((one) => one.name !== name)) throw invalid(text, `${name} does not vary`);
    if (conditions.has(name)) throw invalid(text, `it is said twice when ${name} matters`);
    conditions.set(name, { name: other.name, value });
  }
  for (const name of conditions.keys()) refuseCircle(name, conditions);
  return dimensions.map((one) => {
    const onlyWhen = conditions.get(one.name);
    return onlyWhen === undefined ? one : { ...one, onlyWhen };
  });
}

function refuseCircle(name: string, conditions: ReadonlyMap<string, { readonly name: string }>): void {
  const way = [name];
  for (let next = conditions.get(name); next !== undefined; next = conditions.get(next.name)) {
    if (way.includes(next.name))
      throw invalid(`${name}:${conditions.get(name)!.name}=...`, `${name} would depend on itself`);
    way.push(next.name);
  }
}

function limitsOf(
  where: readonly string[],
  dimensions: readonly Dimension[],
  strategy: AnyStrategy,
  given: Readonly<Record<string, ParamValue>>,
): readonly Limit[] {
  const params = strategy.params as Params;
  const names = [...new Set([...dimensions.map(({ name }) => name), ...Object.keys(params)])];
  const owner = `strategy ${strategy.name}`;
  const defaults = resolveParams(owner, params, given) as Setting;
  const limits = where.map((text): Limit => {
    const condition = readCondition(text, (name) => names.includes(name), names);
    const numberOf = (setting: Setting) => (name: string) => {
      const value = setting[name] ?? defaults[name];
      return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : null;
    };
    return { text, allows: (setting) => condition.holds(numberOf(setting)) === true };
  });
  const own = strategy.where as ((p: Setting) => boolean) | undefined;
  if (own === undefined) return limits;
  const allows = (setting: Setting): boolean =>
    own({ ...defaults, ...splitSetting(setting, strategy).params });
  return [...limits, { text: `the condition of ${strategy.name} itself`, allows }];
}

function refuseTwice(dimensions: readonly Dimension[]): void {
  const twice = dimensions.find(({ name }, k) => dimensions.findIndex((other) => other.name === name) !== k);
  if (twice !== undefined) throw invalid(twice.name, `${twice.name} varies twice`);
}

function nothingVaries(strategy: string): KiwiError {
  return new KiwiError({
    code: "SPACE_EMPTY",
    exit: "usage",
    message: `nothing of ${strategy} varies`,
    why: "it has no parameters with a range, or --param holds all of them",
    fix: "say what to vary: --vary costs.latencyMs=0..1000:250",
    topic: "optimize",
  });
}

function unknownName(name: string, params: Params): KiwiError {
  const known = Object.keys(params);
  return new KiwiError({
    code: "VARY_UNKNOWN",
    exit: "usage",
    message: `--vary ${name}: the strategy has no such parameter`,
    why: `its parameters are ${known.join(", ") || "none"}; keys of the configuration have dots, as in costs.latencyMs`,
    fix: didYouMean(name, known, (near) => `--vary ${near}=...`),
    topic: "optimize",
  });
}

function invalid(text: string, why: string): KiwiError {
  return new KiwiError({
    code: "VARY_INVALID",
    exit: "usage",
    message: `"${text}" says nothing that can be searched`,
    why,
    fix: "write --vary fast=5..50:5, --vary kind=a,b,c or --only-when width:stop=true",
    topic: "optimize",
  });
}
