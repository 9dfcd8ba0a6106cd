import type { TimeFigure } from "../chart/time-figure.ts";
import { underwater } from "../../metrics/drawdown.ts";
import { timeAxis, type TimeAxis } from "../figures/time-model.ts";
import { html, type Html } from "../html/html.ts";
import type { ReportInput } from "../report-input.ts";
import { analyseRun, type RunAnalysis } from "../run-analysis.ts";
import { accountPaths, type AccountPaths } from "../series/account-paths.ts";

/** A chapter of the page; `models` are what its pictures are drawn from again when a person zooms. */
export type Section = {
  readonly id: string;
  readonly title: string;
  /** What the bar of links says. */
  readonly short: string;
  readonly body: Html;
  readonly models?: Readonly<Record<string, TimeFigure>>;
};

/** Everything that the chapters share, computed once. */
export type ReportContext = {
  readonly input: ReportInput;
  readonly analysis: RunAnalysis;
  readonly paths: AccountPaths;
  readonly axis: TimeAxis;
  /** Minus the fraction below the running peak at every slice. */
  readonly depths: Float64Array;
  /** Row of the last slice of every period. */
  readonly dayEnds: Int32Array;
};

/** Gathers what the chapters share. The run must have at least one slice. */
export function reportContext(input: ReportInput): ReportContext {
  const { log, metrics } = input;
  const analysis = analyseRun(input);
  return {
    input,
    analysis,
    paths: accountPaths(input),
    axis: timeAxis(input),
    depths: underwater(log.equity, log.length, metrics.startEquity).map((depth) => -depth),
    dayEnds: analysis.daily.ends,
  };
}

/** Stands where a chapter has nothing to show, and says why. */
export function nothingHere(sentence: string): Html {
  return html`<p class="none">${sentence}</p>`;
}
