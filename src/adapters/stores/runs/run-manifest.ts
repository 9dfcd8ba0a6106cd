import type { ParamValue } from "../../../domain/params.ts";

/** One file (or synthetic market) that a run read. */
export type ManifestSource = {
  readonly path: string;
  /** SHA-256 of the file; null for a synthetic market, which its path describes whole. */
  readonly sha256: string | null;
  readonly symbol: string;
  readonly timeframe: string;
  readonly rows: number;
};

/** What identifies a run: equal hashes mean equal bars, settings, code and decisions. */
export type RunHashes = {
  readonly data: string;
  readonly config: string;
  readonly code: string;
  readonly decisions: string;
};

/** Everything that is needed to run a backtest again: `manifest.json` of a run. */
export type RunManifest = {
  readonly schema: "run@1";
  readonly runId: string;
  readonly createdMs: number;
  /** What was typed, without the name of the program. */
  readonly command: readonly string[];
  readonly kiwiVersion: string;
  readonly nodeVersion: string;
  /** The working folder: relative paths start here. */
  readonly folder: string;
  /** A name from the registry, or a path. */
  readonly strategy: string;
  readonly strategyName: string;
  /** SHA-256 of the strategy's file; null when it is built in. */
  readonly strategySha256: string | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** The resolved configuration; numbers that JSON cannot write are left to their defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly sources: readonly ManifestSource[];
  /** The present of the run: bars that closed later were not known. */
  readonly nowMs: number;
  readonly dataKind: string;
  readonly seed: number;
  readonly hash: RunHashes;
};
