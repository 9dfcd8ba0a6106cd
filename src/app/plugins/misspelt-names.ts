import { KiwiError } from "../../base/errors.ts";
import { didYouMean, nearest } from "../../base/nearest.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";

type Values = Readonly<Record<string, ParamValue>>;

/** Comments and texts: what stands in them is not read. */
const notCode = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/** The same parameters for a `setup`: one that does not exist is refused where it is read. Throws `PARAM_UNKNOWN`. */
export function strictParams(strategy: AnyStrategy, values: Values): Values {
  return new Proxy(values, {
    get(target, name) {
      if (typeof name === "symbol" || name in target) return target[name as string];
      throw misspelt(strategy, "PARAM_UNKNOWN", "parameter", name, Object.keys(target));
    },
  });
}

/**
 * Looks through the text of `onBar` for parameters and series that are not there and whose names are near one that is: a bar
 * that would have found it may come after hours. What is not near may be meant to be absent, and is left to the bar.
 * Throws `PARAM_UNKNOWN` or `SERIES_UNKNOWN`.
 */
export function refuseMisspelt(strategy: AnyStrategy, values: Values, series: readonly string[]): void {
  const text = String(strategy.onBar).replaceAll(notCode, '""');
  refuseIn(strategy, text, "series", series);
  refuseIn(strategy, text, "p", Object.keys(values));
}

function refuseIn(
  strategy: AnyStrategy,
  text: string,
  owner: "series" | "p",
  known: readonly string[],
): void {
  // Another thing of that name is none of ours.
  if (new RegExp(String.raw`\b(?:const|let|var|function)\s+${owner}\b|\b${owner}\s*=>`).test(text)) return;
  // `series.fast`, `(series as Named).fast` as it is without its type, `context.series.fast`; no `?.`, which expects nothing.
  const reads = new RegExp(
    String.raw`(?:\b${owner}|(?<![\w$\])]\s*)\(\s*${owner}\s*\))\s*\.\s*([A-Za-z_$][\w$]*)(?![\w$]|\s*\?\.)`,
    "g",
  );
  const unpacked = new RegExp(String.raw`\{([^{}=]*)\}\s*=\s*(?:\w+\s*\.\s*)?${owner}\b`, "g");
  const read = [...text.matchAll(reads)].map(([, name]) => name!);
  const taken = [...text.matchAll(unpacked)].flatMap(([, names]) =>
    names!.split(",").map((name) => name.split(":")[0]!.trim()),
  );
  for (const name of [...read, ...taken]) {
    if (name === "" || known.includes(name) || name in Object.prototype || name.startsWith("...")) continue;
    if (nearest(name, known) === null) continue;
    throw owner === "p"
      ? misspelt(strategy, "PARAM_UNKNOWN", "parameter", name, known)
      : misspelt(strategy, "SERIES_UNKNOWN", "series", name, known);
  }
}

function misspelt(
  { name: owner }: AnyStrategy,
  code: "PARAM_UNKNOWN" | "SERIES_UNKNOWN",
  what: "parameter" | "series",
  name: string,
  known: readonly string[],
): KiwiError {
  const all = what === "series" ? "what setup returns" : "its params";
  return new KiwiError({
    code,
    exit: "usage",
    message: `strategy ${owner} reads a ${what} "${name}" that it does not have`,
    why: known.length === 0 ? `${all} is empty` : `${all}: ${known.join(", ")}`,
    fix: didYouMean(name, known, (near) => `${what === "series" ? "series" : "p"}.${near}`),
    topic: what === "series" ? "strategies" : "params",
  });
}
