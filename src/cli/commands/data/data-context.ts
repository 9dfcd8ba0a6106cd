import { resolve } from "node:path";
import { didYouMean } from "../../../base/nearest.ts";
import type { KiwiConfig } from "../../../app/config/config-schema.ts";
import type { HeldParts } from "../../../app/data/held-series.ts";
import { openData, type DataFolder } from "../../../app/data/open-data.ts";
import { lookUpCredentials } from "../../../app/config/secrets.ts";
import { KiwiError } from "../../../base/errors.ts";
import { parseTimeframe, type Timeframe } from "../../../domain/timeframe.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import type { Shell } from "../../shell.ts";

/** Flags of every command on the data folder. */
export type DataFlags = CommonFlags & ConfigFlags & FlagValues;

/** A command's configuration and its data folder, open. */
export type DataContext = {
  readonly config: KiwiConfig;
  readonly data: DataFolder;
  readonly held: HeldParts;
};

/** Does work on the data folder of a configuration and closes it, however the work ends. */
export async function withDataFolder<Result>(
  shell: Shell,
  config: KiwiConfig,
  isMade: boolean,
  work: (context: DataContext) => Promise<Result>,
): Promise<Result> {
  const { kind, rowsMax, catalogue: place } = config.store;
  const catalogueUrl = place === undefined ? undefined : await catalogueUrlAt(place, shell);
  const wish = { kind, rowsMax, catalogue: catalogueUrl };
  const data = await openData(resolve(shell.folder, config.dataFolder), isMade, wish);
  const { store, catalogue, ranges, isPruned } = data;
  try {
    return await work({
      config,
      data,
      held: { store, catalogue, ranges, isPruned, config, nowMs: Date.now() },
    });
  } finally {
    await data.close();
  }
}

/** The connection string of a catalogue, which may hold a password, from where the configuration says it is. */
async function catalogueUrlAt(
  place: NonNullable<KiwiConfig["store"]["catalogue"]>,
  { folder, env }: Shell,
): Promise<string | undefined> {
  const need = {
    name: "password",
    env: "KIWI_CATALOGUE",
    what: "the connection string of its catalogue",
  } as const;
  return (await lookUpCredentials("the store", [need], { password: place }, { folder, env }, true)).password;
}

const usual: readonly Timeframe[] = [
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
];

/** Reads timeframes as people type them. Throws `TIMEFRAME_UNKNOWN` with the nearest. */
export function readTimeframes(given: readonly string[] | undefined): readonly Timeframe[] {
  return [...new Set(given ?? [])].map(readTimeframe);
}

/** Reads a timeframe as people type it. Throws `TIMEFRAME_UNKNOWN` with the nearest. */
export function readTimeframe(text: string): Timeframe {
  try {
    parseTimeframe(text);
    return text as Timeframe;
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    const turned = text.replace(/^([smhdwM])(\d+)$/i, "$2$1");
    const fix = didYouMean(turned === text ? text : turned.toLowerCase(), usual, (near) => `-t ${near}`);
    throw new KiwiError({ ...error.parts, fix }, { cause: error });
  }
}
