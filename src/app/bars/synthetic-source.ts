import { readDay } from "../config/read-day.ts";
import { KiwiError } from "../../base/errors.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { clearRegimes, defaultRegimes, type RegimeSpec } from "../../data/synthetic/regime-path.ts";
import type { SyntheticOptions } from "../../data/synthetic/synthetic-options.ts";
import type { Bars } from "../../domain/bars.ts";
import { parseTimeframe, type Timeframe } from "../../domain/timeframe.ts";

const names = ["symbols", "timeframe", "bars", "seed", "start", "calendar", "edge", "correlation", "regimes"];

/** The regimes that a path may ask for by name. */
const regimeSets: Readonly<Record<string, readonly RegimeSpec[]>> = {
  usual: defaultRegimes,
  clear: clearRegimes,
};

/** Whether a data path stands for bars that are made up: `synthetic`, or `synthetic:symbols=3,bars=5000`. */
export function isSynthetic(path: string): boolean {
  return path === "synthetic" || path.startsWith("synthetic:");
}

/** The true regime of every bar, as an index into names. */
export type RegimePath = { readonly regime: Uint8Array; readonly names: readonly string[] };

/** Makes the bars that a synthetic path describes, with the truth behind them. Throws `SYNTHETIC_INVALID`. */
export function syntheticBars(
  path: string,
  seed: number,
): readonly { readonly bars: Bars; readonly truth: RegimePath }[] {
  const { bars, regime, regimeNames: names } = syntheticMarket(optionsOf(path, seed));
  return bars.map((table, k) => ({ bars: table, truth: { regime: regime[k]!, names } }));
}

function optionsOf(path: string, seed: number): SyntheticOptions {
  const given = Object.fromEntries(
    path
      .slice("synthetic:".length)
      .split(",")
      .filter((part) => part !== "")
      .map((part) => splitOption(part)),
  );
  const timeframe = (given["timeframe"] ?? "1h") as Timeframe;
  parseTimeframe(timeframe);
  return {
    seed: numberOf(given["seed"], seed),
    symbols: numberOf(given["symbols"], 1),
    timeframe,
    bars: numberOf(given["bars"], 8760),
    startMs: readDay(given["start"] ?? "2022-01-01", "start="),
    calendarName: given["calendar"] ?? "24/7",
    edge: numberOf(given["edge"], 0),
    correlation: numberOf(given["correlation"], 0.4),
    regimes: regimesNamed(given["regimes"] ?? "usual"),
  };
}

function regimesNamed(name: string): readonly RegimeSpec[] {
  const found = regimeSets[name];
  if (found !== undefined) return found;
  throw new KiwiError({
    code: "SYNTHETIC_INVALID",
    exit: "usage",
    message: `a synthetic market has no regimes "${name}"`,
    why: `there are ${Object.keys(regimeSets).join(" and ")}: those of a market, and larger ones that can be told`,
    fix: "write for example --data synthetic:regimes=clear",
    topic: "synthetic",
  });
}

function splitOption(part: string): readonly [string, string] {
  const at = part.indexOf("=");
  const name = part.slice(0, at);
  if (at < 1 || !names.includes(name)) {
    throw new KiwiError({
      code: "SYNTHETIC_INVALID",
      exit: "usage",
      message: `a synthetic market has no option "${part}"`,
      why: `its options are ${names.join(", ")}`,
      fix: "write for example --data synthetic:symbols=3,timeframe=1h,bars=8760",
      topic: "synthetic",
    });
  }
  return [name, part.slice(at + 1)];
}

function numberOf(text: string | undefined, fallback: number): number {
  return text === undefined || text.trim() === "" ? fallback : Number(text);
}
