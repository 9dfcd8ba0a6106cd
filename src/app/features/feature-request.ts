import { FeatureFolder } from "../../adapters/stores/features/feature-folder.ts";
import type { FeatureIdentity, FeatureManifest } from "../../adapters/stores/features/feature-manifest.ts";
import { canonicalJson } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Expr } from "../../domain/expression.ts";
import type { FeatureSet } from "../../features/feature-set.ts";
import { BarFingerprint } from "./bar-fingerprint.ts";
import { columnGroups } from "./column-groups.ts";
import { computationHash } from "./computation-hash.ts";
import { FeatureColumns } from "./feature-columns.ts";
import { definitionHash, expressionsOf } from "./set-expressions.ts";

/** Columns that grow with their bars instead of being folded again, and the fingerprint that grows with them. */
export type Followed = { readonly columns: FeatureColumns; readonly fingerprint: BarFingerprint };

/** A set over bars as they were when somebody asked: bars that arrive meanwhile are another request. */
export type FeatureRequest = {
  readonly folder: FeatureFolder;
  readonly bars: Bars;
  readonly calendar: Calendar;
  readonly rows: number;
  readonly identity: FeatureIdentity;
  readonly expressions: Readonly<Record<string, Expr>>;
  readonly fingerprint: BarFingerprint;
  readonly followed: FeatureColumns | null;
};

/** What a request is about, without its bars. */
export type RequestTarget = Pick<FeatureRequest, "identity" | "expressions">;

/** Names what is asked for, down to the code that computes it. */
export function targetOf(set: FeatureSet, bars: Bars, calendar: Calendar): RequestTarget {
  const expressions = expressionsOf(set, bars.timeframe);
  const identity = {
    set: set.name,
    version: set.version,
    definition: definitionHash(expressions),
    code: computationHash(),
    calendar: calendar.name,
    symbol: bars.symbol,
    timeframe: bars.timeframe,
  };
  return { identity, expressions };
}

/** Makes the request; `followed` are columns of the same bars and target, if anybody keeps them. */
export function requestOf(
  root: string,
  target: RequestTarget,
  bars: Bars,
  calendar: Calendar,
  followed: Followed | null,
): FeatureRequest {
  followed?.columns.extend();
  const { set, symbol, timeframe } = target.identity;
  return {
    ...target,
    folder: new FeatureFolder(root, set, symbol, timeframe),
    bars,
    calendar,
    rows: bars.length,
    fingerprint: followed?.fingerprint ?? new BarFingerprint(bars),
    followed: followed?.columns ?? null,
  };
}

/** What stored values are to a request: just these, its beginning, or something else. */
export function relationOf(
  { identity, states }: FeatureManifest,
  request: FeatureRequest,
): "kept" | "extended" | "computed" {
  const { rows, fingerprint } = request;
  if (canonicalJson(identity) !== canonicalJson(request.identity)) return "computed";
  const same = states.find((state) => state.rows === rows);
  if (same !== undefined) return fingerprint.at(rows) === same.fingerprint ? "kept" : "computed";
  const last = states.at(-1)!;
  return last.rows < rows && fingerprint.at(last.rows) === last.fingerprint ? "extended" : "computed";
}

/** The columns of a request, a group at a time, so that only one group needs memory. */
export function* columnsOf(request: FeatureRequest, bytesMax: number): Generator<FeatureColumns> {
  const { followed, expressions, rows, bars, calendar } = request;
  if (followed !== null) return yield followed;
  for (const group of columnGroups(expressions, rows, bytesMax))
    yield new FeatureColumns(group, bars, calendar);
}
