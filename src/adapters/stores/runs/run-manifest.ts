import type { ParamValue } from "../../../domain/params.ts";

/** One file, synthetic market or stored series that a run read. */
export type ManifestSource = {
  readonly path: string;
  /** SHA-256 of the file, or of stored bars; null for a synthetic market, which its path describes whole. */
  readonly sha256: string | null;
  readonly symbol: string;
  readonly timeframe: string;
  readonly rows: number;
  /** Whom stored bars came from, how many of them were revised or filled in, and when the newest arrived. */
  readonly stored?: {
    readonly sources: readonly { readonly source: string; readonly bars: number }[];
    readonly revised: number;
    readonly filled: number;
    readonly receivedToMs: number;
  };
};

/** The news of one symbol that a run read, and the series that they became. */
export type ManifestNews = {
  readonly symbol: string;
  readonly path: string;
  /** Whom they came from. */
  readonly sources: readonly string[];
  /** Texts that were read: a revised article counts twice. */
  readonly versions: number;
  /** When they came out, UTC milliseconds; and when the last of them arrived here. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly receivedToMs: number | null;
  /** Name and version of what read them. */
  readonly scorer: string;
  readonly timeframe: string;
  readonly rows: number;
  /** SHA-256 of the series. */
  readonly sha256: string;
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
  /** Absent where the strategy reads no news. */
  readonly news?: readonly ManifestNews[];
  /** The present of the run: bars that closed later were not known. */
  readonly nowMs: number;
  readonly dataKind: string;
  readonly seed: number;
  readonly hash: RunHashes;
};
