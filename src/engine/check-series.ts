import { KiwiError } from "../base/errors.ts";
import type { AnyStrategy } from "../ports/strategy.ts";

/**
 * What `setup` of a strategy returned must be series, by names: a name of `bars` that does not exist is nothing, and a
 * parameter is a number. Throws `STRATEGY_BAD_SERIES`.
 */
export function checkSeries({ name }: Pick<AnyStrategy, "name">, watched: unknown): void {
  if (typeof watched !== "object" || watched === null)
    throw badSeries(`setup of strategy ${name} returned ${described(watched)}`, "series by their names");
  for (const [series, value] of Object.entries(watched)) {
    if (isSeries(value)) continue;
    const message = `strategy ${name}: setup returned ${described(value)} as ${JSON.stringify(series)}`;
    throw badSeries(message, "a series");
  }
}

function isSeries(value: unknown): boolean {
  return typeof value === "object" && value !== null && "node" in value && "frame" in value;
}

function described(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Promise) return "a promise";
  return typeof value === "number" ? `the number ${value}` : `a thing of type ${typeof value}`;
}

function badSeries(message: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "STRATEGY_BAD_SERIES",
    exit: "data",
    message,
    why: `only ${wanted} can be followed from bar to bar`,
    fix: "return what bars, an indicator or an operator gives: setup: ({ bars, p }) => ({ close: bars.close, fast: ema(bars.close, p.fast) }); onBar has the parameters as p",
    topic: "strategy-errors",
  });
}
