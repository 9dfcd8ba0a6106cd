import type { TriedMarket } from "../../adapters/stores/runs/trial-entry.ts";
import { dataHash } from "../bars/data-hash.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import { movesOf } from "../../adapters/stores/runs/market-moves.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { fileHash } from "../plugins/code-identity.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** The bars that a run trades on and the finer ones that it fills on. */
function tradedBars({ loaded, detail }: Pick<PreparedRun, "loaded" | "detail">): readonly Bars[] {
  return [...loaded.sources, ...detail].map(({ bars }) => bars);
}

/** SHA-256 over everything that a run read: bars, finer bars, and series that are known and not traded. */
export function readHash(prepared: Pick<PreparedRun, "loaded" | "detail" | "setup">): string {
  return dataHash([...tradedBars(prepared), ...(prepared.setup.externals ?? [])]);
}

/** SHA-256 over everything that shapes a run beside bars and code: strategy, parameters, settings, range. */
export function configHash(setup: BacktestSetup, params: BacktestSetup["params"], seed: number): string {
  return configHasher(setup, seed)(params);
}

/** Stands where the parameters are; no text of a configuration holds it. */
const paramsHere = "\u0000params\u0000";

/** The hash of a configuration by parameters: what they have in common is written once. */
function configHasher(setup: BacktestSetup, seed: number): (params: BacktestSetup["params"]) => string {
  const {
    strategy,
    config,
    timeframe,
    tradeFromMs,
    regimeModels,
    membership,
    actions,
    costTables,
    delistings,
  } = setup;
  const [before = "", after = ""] = canonicalJson({
    strategy: strategy.name,
    params: paramsHere,
    // JSON has no infinity: the text keeps it apart from a missing number.
    config: withoutInfinity(config),
    timeframe: timeframe ?? null,
    tradeFromMs: tradeFromMs ?? null,
    seed,
    // Absent without models, so that the hashes of runs without them stay what they were.
    ...(regimeModels === undefined ? {} : { regimeModels: [...regimeModels] }),
    ...(actions === undefined ? {} : { actions }),
    ...(costTables === undefined ? {} : { costTables }),
    ...(delistings === undefined ? {} : { delistings: [...delistings] }),
    // An open end is no number in JSON: text keeps it.
    ...(membership === undefined ? {} : { membership: withoutInfinity([...membership]) }),
  }).split(JSON.stringify(paramsHere));
  return (params) => sha256(before + canonicalJson(params) + after);
}

/**
 * How trials of a run are told apart: SHA-256 over what is tried apart from the data, equal for a run and its repetition.
 * What all of them have in common is read once.
 */
export function trialHasher({
  setup,
  found,
  request,
}: Pick<PreparedRun, "setup" | "found" | "request">): (
  params: BacktestSetup["params"],
  config?: BacktestSetup["config"],
) => string {
  const code = [
    ...found.ownFiles.map(fileHash),
    ...(found.sourceText === undefined ? [] : [sha256(found.sourceText)]),
  ];
  // Other news settings on the same bars are another trial, and not the first one on other data.
  const news = setup.externals === undefined ? [] : [dataHash(setup.externals)];
  const { seed } = request.config;
  const plain = configHasher(setup, seed);
  return (params, config = setup.config) => {
    const hash = config === setup.config ? plain(params) : configHash({ ...setup, config }, params, seed);
    return sha256([hash, ...code, ...news].join());
  };
}

/**
 * The bars that a run trades on, as trials are counted by them: not by their hash, for one bar more, another vendor's
 * last digit or a repaired gap does not make what was learnt from them unlearnt.
 */
export function triedMarkets({
  loaded,
  setup,
}: Pick<PreparedRun, "loaded" | "setup">): readonly TriedMarket[] {
  return loaded.sources.map(({ bars }, k) => triedMarket(bars, setup.tradeFromMs, k < movesMax));
}

/** Symbols of a run that are known again under another name: in a panel that was renamed a few are enough. */
const movesMax = 4;

/** One of the bars that something is tried on, from `fromMs` on. */
export function triedMarket(bars: Bars, fromMs = -Infinity, hasMoves = true): TriedMarket {
  const { symbol, timeframe, closeTimeMs, length } = bars;
  const market = {
    symbol: plainSymbol(symbol),
    timeframe,
    fromMs: Math.max(closeTimeMs[0]!, fromMs),
    toMs: closeTimeMs[length - 1]!,
  };
  return hasMoves ? { ...market, moves: movesOf(bars, market.fromMs) } : market;
}

function withoutInfinity(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "number" && !Number.isFinite(inner) ? String(inner) : inner,
    ),
  );
}
