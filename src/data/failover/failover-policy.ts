import { minuteMs, secondMs } from "../../base/time.ts";

/** When providers are left, returned to and doubted. */
export type FailoverPolicy = {
  /** A provider is stale when this many bars of one symbol are overdue by the calendar. */
  readonly staleBars: number;
  /** A bar may arrive this much after its close before it counts as overdue. */
  readonly graceMs: number;
  /** A stream may be away this long before its provider counts as failing. */
  readonly reconnectMsMax: number;
  /** A provider that sends this many unusable bars in a row is left. */
  readonly badBarsMax: number;
  /** A page of history that takes longer counts as a failure. */
  readonly fetchTimeoutMs: number;
  /** Back to a preferred provider: good bars in a row of one symbol, for this long, and a score of at least this. */
  readonly failBackBars: number;
  readonly failBackMs: number;
  readonly failBackScoreMin: number;
  /** A provider whose score falls below this is left, if another one has a better score. */
  readonly scoreMin: number;
  /** A provider that refused, ended its stream or was left is tried again after this. */
  readonly retryMs: number;
  /** How often streams are looked at. */
  readonly watchMs: number;
  /** Whether a second provider is streamed all the time to compare prices. */
  readonly compare: boolean;
  /** False where a provider sends no bar when nothing was traded, so that a hole is no loss. */
  readonly expectsEveryBar: boolean;
  /** Holes inside the history of one provider that others are asked for, per request. */
  readonly holeFillsMax: number;
  /** A bar that closes this much after our clock is not believed. */
  readonly clockSkewMsMax: number;
  /** How far the closes of two providers may be apart, as a share of the price. */
  readonly divergenceMax: number;
  /** In wild markets: how many mean absolute bar returns they may be apart, if that is more. */
  readonly divergenceReturns: number;
  /** Bars in a row that must differ before trading stops, and agree before it goes on. */
  readonly divergenceBars: number;
};

/** What holds unless said otherwise; made for bars of a minute to a day. */
export const failoverDefaults: FailoverPolicy = {
  staleBars: 2,
  graceMs: 10 * secondMs,
  reconnectMsMax: 30 * secondMs,
  badBarsMax: 3,
  fetchTimeoutMs: 2 * minuteMs,
  failBackBars: 5,
  failBackMs: 5 * minuteMs,
  failBackScoreMin: 0.8,
  scoreMin: 0.3,
  retryMs: minuteMs,
  watchMs: secondMs,
  compare: false,
  expectsEveryBar: true,
  holeFillsMax: 20,
  clockSkewMsMax: 2 * secondMs,
  divergenceMax: 0.005,
  divergenceReturns: 1,
  divergenceBars: 3,
};
