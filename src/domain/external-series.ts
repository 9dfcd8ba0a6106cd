import { field, type Expr } from "./expression.ts";

/** What a run can know besides prices. A series of it is a table of `Bars` that nobody can trade. */
type ExternalKind = "news" | "series" | "model";
const kinds: readonly ExternalKind[] = ["news", "series", "model"];

/** The name that an external series has where bars have their symbol: `news:AAPL`. */
export function externalName(kind: ExternalKind, symbol: string): string {
  return `${kind}:${symbol}`;
}

/** Whether a name is that of an external series. */
export function isExternal(name: string): boolean {
  return kinds.some((kind) => name.startsWith(`${kind}:`));
}

/** Whether a name is that of news. */
export function isNews(name: string): boolean {
  return name.startsWith("news:");
}

/** Whether a name is that of a model's answers. */
export function isPrediction(name: string): boolean {
  return name.startsWith("model:");
}

/** What a name of a model's answers says: `model:trend#2/probability:SPY` is the answer `probability` of `trend@2` on SPY. */
export type PredictionName = { readonly model: string; readonly output: string; readonly symbol: string };

/** Reads the name of a model's answers; the symbol is empty where it means that of whoever reads it. */
export function readPredictionName(name: string): PredictionName {
  const [, model, output, symbol] = /^model:(.*)\/([^/:]*):(.*)$/.exec(name) ?? [];
  return { model: (model ?? "").replace("#", "@"), output: output ?? "", symbol: symbol ?? "" };
}

/** The name of a model's answers. `@` separates a symbol from a timeframe, so a version is written with `#`. */
export function predictionName({ model, output, symbol }: PredictionName): string {
  return externalName("model", `${model.replace("@", "#")}/${output}:${symbol}`);
}

/** The name with the symbol filled in where it means the symbol of whoever reads it: `news:` is `news:AAPL` on AAPL. */
export function withOwnSymbol(name: string, symbol: string): string {
  return isExternal(name) && name.endsWith(":") ? `${name}${symbol}` : name;
}

/**
 * A series of your own, by the name that it is given on the command line: `--series VIX=vix.csv`. For `setup`:
 * `({ bars }) => ({ fear: externalSeries("VIX"), close: bars.close })`. A strategy sees the last value that was
 * published. A run without it stops with `SERIES_MISSING`.
 */
export function externalSeries(name: string): Expr {
  return field("close", `${externalName("series", name)}@`);
}

/** What the news say, row by row of a regular grid. A row holds what was known when it closed, and nothing later. */
export type NewsSeries = {
  /** Decayed mean of the scores of all articles so far, -1 to 1; near 0 also when there is no news. */
  readonly sentiment: Expr;
  /** Articles that became known within the row. */
  readonly count: Expr;
  /** Score of the first of those articles. NaN in a row without any, as the next two are. */
  readonly first: Expr;
  /** Highest score of those articles. */
  readonly highest: Expr;
  /** Lowest score of those articles. */
  readonly lowest: Expr;
  /** When each row closed, UTC milliseconds. */
  readonly time: Expr;
};

/**
 * The news of a symbol as series, by default of the symbol that the strategy decides on. For `setup`:
 * `({ bars }) => ({ mood: news().sentiment, close: bars.close })`. A strategy sees the last row that has closed.
 * A run that has no news of the symbol stops with `NEWS_MISSING`.
 */
export function news(symbol = ""): NewsSeries {
  const frame = `${externalName("news", symbol)}@`;
  return {
    sentiment: field("close", frame),
    count: field("volume", frame),
    first: field("open", frame),
    highest: field("high", frame),
    lowest: field("low", frame),
    time: field("closeTimeMs", frame),
  };
}

/** An answer that every model has: the bars that it looks ahead. */
export const horizonOutput = "horizon";

/** What a model says about every bar, as series of the bars that a strategy decides on. */
export type PredictionSeries = {
  /** Probability of an upward move within the model's horizon, 0 to 1, after recalibration. */
  readonly probability: Expr;
  /** Lower end of the range that the probability is believed to lie in. */
  readonly low: Expr;
  /** Upper end of that range. */
  readonly high: Expr;
  /** First parameter of the Beta distribution behind it. */
  readonly alpha: Expr;
  /** Second parameter of it. */
  readonly beta: Expr;
  /** Bars that it looks ahead. */
  readonly horizon: Expr;
  /** Any other answer of a model, by name. */
  readonly output: (name: string) => Expr;
};

/**
 * The predictions of a model: one that `kiwi train` made (`"boosted-EURUSD-1h"`, or `"boosted-EURUSD-1h@2"` for a version), or a
 * plug-in of the kind `model`. For `setup`: `({ bars }) => ({ up: prediction("mine").probability })`. The first row is the first
 * bar after everything that the model learned from; a row without a prediction is NaN.
 */
export function prediction(model: string): PredictionSeries {
  const output = (name: string): Expr =>
    field("close", `${predictionName({ model, output: name, symbol: "" })}@`);
  return {
    probability: output("probability"),
    low: output("low"),
    high: output("high"),
    alpha: output("alpha"),
    beta: output("beta"),
    horizon: output(horizonOutput),
    output,
  };
}
