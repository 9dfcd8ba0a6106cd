import { dataHash } from "../bars/data-hash.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { fileHash } from "../plugins/code-identity.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** The bars that a run trades on and the finer ones that it fills on: `dataHash` of them is what trials are counted by. */
export function tradedBars({ loaded, detail }: Pick<PreparedRun, "loaded" | "detail">): readonly Bars[] {
  return [...loaded.sources, ...detail].map(({ bars }) => bars);
}

/** SHA-256 over everything that a run read: bars, finer bars, and series that are known and not traded. */
export function readHash(prepared: Pick<PreparedRun, "loaded" | "detail" | "setup">): string {
  return dataHash([...tradedBars(prepared), ...(prepared.setup.externals ?? [])]);
}

/** SHA-256 over everything that shapes a run beside bars and code: strategy, parameters, settings, range. */
export function configHash(setup: BacktestSetup, params: BacktestSetup["params"], seed: number): string {
  const { strategy, config, timeframe, tradeFromMs, regimeModels, membership, actions } = setup;
  return sha256(
    canonicalJson({
      strategy: strategy.name,
      params,
      // JSON has no infinity: the text keeps it apart from a missing number.
      config: withoutInfinity(config),
      timeframe: timeframe ?? null,
      tradeFromMs: tradeFromMs ?? null,
      seed,
      // Absent without models, so that the hashes of runs without them stay what they were.
      ...(regimeModels === undefined ? {} : { regimeModels: [...regimeModels] }),
      ...(actions === undefined ? {} : { actions }),
      // An open end is no number in JSON: text keeps it.
      ...(membership === undefined ? {} : { membership: withoutInfinity([...membership]) }),
    }),
  );
}

/** SHA-256 over what is tried apart from the data: equal for a run and its repetition. */
export function trialHashOf({ setup, found, request }: PreparedRun, params: BacktestSetup["params"]): string {
  const code = [
    ...found.ownFiles.map(fileHash),
    ...(found.sourceText === undefined ? [] : [sha256(found.sourceText)]),
  ];
  // Other news settings on the same bars are another trial, and not the first one on other data.
  const news = setup.externals === undefined ? [] : [dataHash(setup.externals)];
  return sha256([configHash(setup, params, request.config.seed), ...code, ...news].join());
}

function withoutInfinity(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "number" && !Number.isFinite(inner) ? String(inner) : inner,
    ),
  );
}
