import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { CostTables } from "../../domain/cost-tables.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { readActions } from "../bars/read-actions.ts";
import { readDelistings, readUniverse } from "../bars/read-universe.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { readCosts } from "../costs/read-costs.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";

/** What small files say beside the bars, as plain data: members, corporate actions, announced ends, what trading cost. */
export type RunTables = Pick<BacktestSetup, "membership" | "actions" | "delistings" | "costTables">;

/** Reads the files that a configuration names; `spreads` are those of the bars' own files. Throws `UNIVERSE_UNUSED` and what reading them throws. */
export async function readTables(
  config: KiwiConfig,
  folder: string,
  strategy: AnyStrategy,
  spreads?: CostTables["spreads"],
): Promise<RunTables> {
  const { universe, actions, delistings } = config;
  if (universe !== undefined && strategy.portfolio === undefined) throw universeUnused(strategy);
  const fromFiles = await readCosts(folder, config.costs);
  const costTables = spreads === undefined ? fromFiles : { ...fromFiles, spreads };
  return {
    ...(universe === undefined ? {} : { membership: await readUniverse(resolve(folder, universe)) }),
    ...(actions === undefined ? {} : { actions: await readActions(resolve(folder, actions)) }),
    ...(delistings === undefined ? {} : { delistings: await readDelistings(resolve(folder, delistings)) }),
    ...(costTables === undefined ? {} : { costTables }),
  };
}

/** The same text for the same tables; empty where there are none. */
export function tablesText(tables: RunTables): string {
  if (Object.keys(tables).length === 0) return "";
  return JSON.stringify(tables, (_key, value: unknown) =>
    value instanceof Map
      ? [...value]
      : typeof value === "number" && !Number.isFinite(value)
        ? String(value)
        : value,
  );
}

function universeUnused({ name }: AnyStrategy): KiwiError {
  return new KiwiError({
    code: "UNIVERSE_UNUSED",
    exit: "usage",
    message: `${name} has no members, so --universe would do nothing`,
    why: "it decides on each symbol alone; only a portfolio strategy chooses among members",
    fix: "leave --universe out, or write the strategy with portfolioStrategy({ ... })",
    topic: "portfolios",
  });
}
